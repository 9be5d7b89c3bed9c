import { strict as assert } from 'node:assert';
import { SnapdirError } from '../../../../src/core/errors';
import type { CheckpointId } from '../../../../src/core/ids';
import { shard } from '../../../../src/core/storeLayout';
import { quietControl } from '../../../../src/engine/context';
import { makeDirs } from '../../../../src/engine/disk/durable';
import { blake3 } from '../../../../src/engine/hashing/blake3';
import { deleteCheckpoints } from '../../../../src/engine/methods/edit';
import { findCandidates } from '../../../../src/engine/store/candidates';
import { Marks } from '../../../../src/engine/store/marks';
import { readManifest } from '../../../../src/engine/store/manifests';
import { readObject } from '../../../../src/engine/store/objects';
import { loadHistory } from '../../../../src/engine/store/records';
import { findInTrash } from '../../../../src/engine/store/trash';
import { verify } from '../../../../src/engine/store/verify';
import { restore } from '../../../../src/engine/worktree/restore/restore';
import type { MemoryFs } from '../../../crash/memoryFs';
import { checkListed, viewStore } from '../../../crash/oracle';
import { edit, memoryWith, rules } from '../../../crash/processes';
import { collect, DAY_NS, inProcess, remove, snapshot } from './collecting';

function broken(fs: MemoryFs): string[] {
  const view = viewStore(fs.table);
  checkListed(view);
  return view.broken;
}

/** `shared` stays in use, `gone` is only in the checkpoint that is deleted. */
function withGarbage(): MemoryFs {
  const fs = memoryWith({ shared: 'in use', gone: 'nobody needs this', dir: { dir: 0o755 } });
  const first = snapshot(fs);
  edit(fs, { gone: null, 'dir/new': 'new' });
  snapshot(fs);
  remove(fs, first);
  return fs;
}

suite('garbage collection', () => {
  test('what nobody needs goes to the trash, and a day later for good', () => {
    const fs = withGarbage();
    assert.equal(collect(fs).tooYoung, 2);
    fs.time += 15n * DAY_NS;
    const dry = collect(fs, { dryRun: true });
    assert.deepEqual([dry.objects, dry.manifests], [1, 1]);
    const first = collect(fs);
    assert.deepEqual({ ...first, dryRun: true }, dry);
    assert.deepEqual(broken(fs), []);
    const none = collect(fs);
    assert.deepEqual([none.objects, none.purgedObjects], [0, 0]);
    fs.time += 25n * 3_600_000_000_000n;
    const second = collect(fs);
    assert.deepEqual([second.objects, second.purgedObjects], [0, 1]);
    assert.ok(second.purgedBytes > 17);
    assert.deepEqual(broken(fs), []);
  });

  test('content that is needed again comes back from the trash', () => {
    const fs = withGarbage();
    collect(fs, { graceMs: 0 });
    edit(fs, { gone: 'nobody needs this' });
    const id = snapshot(fs);
    assert.deepEqual(broken(fs), []);
    fs.time += 2n * DAY_NS;
    assert.equal(collect(fs).purgedObjects, 1);
    assert.deepEqual(broken(fs), []);
    inProcess(fs, ({ env, open }) => {
      assert.deepEqual(verify(env, open(), { full: true }, quietControl).problems, []);
    });
    assert.ok(viewStore(fs.table).records.has(id));
  });

  test('the stat cache does not vouch for what a collection took away', () => {
    const fs = memoryWith({ a: 'content of a', b: 'b' });
    const first = snapshot(fs);
    remove(fs, first);
    fs.time += 20n * DAY_NS;
    collect(fs);
    fs.time += 2n * DAY_NS;
    collect(fs);
    fs.time += 2n * DAY_NS;
    collect(fs);
    snapshot(fs);
    assert.deepEqual(broken(fs), []);
  });

  test('manifests that no record speaks of are somebody else\u2019s and stay', () => {
    const fs = withGarbage();
    const records = '/folder/.snapdir/records';
    for (const { name } of fs.readdir(records)) {
      fs.unlink(`${records}/${name}`);
    }
    fs.time += 20n * DAY_NS;
    assert.deepEqual([collect(fs).objects, collect(fs).manifests], [0, 0]);
  });

  test('a damaged checkpoint stops it: nobody can tell what it needs', () => {
    const fs = withGarbage();
    fs.time += 20n * DAY_NS;
    const view = viewStore(fs.table);
    const living = [...view.records.values()].filter((one) => one.kind === 'take').at(-1)!;
    const id = living.snapshot;
    const path = [id.slice(0, 3), id.slice(3, 6), id.slice(6, 9), id.slice(9)].join('/');
    fs.unlink(`/folder/.snapdir/.manifests/${path}`);
    assert.throws(
      () => collect(fs),
      (error) => SnapdirError.is(error, 'MANIFEST_NOT_FOUND'),
    );
  });

  test('a clock that jumped stops it', () => {
    const fs = withGarbage();
    const before = fs.time;
    fs.time += 400n * DAY_NS;
    const isUnsafe = (error: unknown): boolean => SnapdirError.is(error, 'STORE_UNSAFE');
    assert.throws(() => collect(fs), isUnsafe);
    fs.time += 3_600_000_000_000n;
    assert.throws(() => collect(fs), isUnsafe);
    fs.time += DAY_NS;
    assert.equal(collect(fs).objects, 1);
    fs.time = before - DAY_NS;
    assert.throws(() => collect(fs), isUnsafe);
  });

  test('a clock that leapt ahead stops it for a day, also when something was taken since', () => {
    const fs = withGarbage();
    fs.time += 400n * DAY_NS;
    edit(fs, { 'dir/after': 'the leap' });
    snapshot(fs);
    const isUnsafe = (error: unknown): boolean => SnapdirError.is(error, 'STORE_UNSAFE');
    assert.throws(() => collect(fs), isUnsafe);
    fs.time += DAY_NS / 2n;
    snapshot(fs);
    assert.throws(() => collect(fs), isUnsafe);
    fs.time += DAY_NS;
    assert.equal(collect(fs).objects, 1);
    assert.deepEqual(broken(fs), []);
  });

  test('on a network file system it is done only by force', () => {
    const fs = withGarbage();
    fs.time += 20n * DAY_NS;
    fs.networkKind = (): undefined => 'NFS' as unknown as undefined;
    for (const dryRun of [true, false]) {
      assert.throws(
        () => collect(fs, { dryRun }),
        (error) => SnapdirError.is(error, 'STORE_UNSAFE') && error.data.kind === 'NFS',
      );
    }
    assert.ok(collect(fs, { force: true }).objects > 0);
    assert.deepEqual(broken(fs), []);
  });

  test('unknown names are left alone', () => {
    const fs = withGarbage();
    for (const path of ['.objects/abc/README', '.objects/conflict copy', 'trash/mine']) {
      const dir = `/folder/.snapdir/${path}`.split('/').slice(0, -1).join('/');
      if (fs.lstat(dir) === undefined) {
        fs.mkdir(dir, 0o700);
      }
      fs.close(fs.open(`/folder/.snapdir/${path}`, 'wx'));
    }
    fs.time += 20n * DAY_NS;
    collect(fs);
    fs.time += 2n * DAY_NS;
    collect(fs);
    assert.ok(fs.lstat('/folder/.snapdir/.objects/abc/README'));
    assert.ok(fs.lstat('/folder/.snapdir/.objects/conflict copy'));
    assert.ok(fs.lstat('/folder/.snapdir/trash/mine'));
  });

  test('a restore finds what is in the trash', () => {
    const fs = withGarbage();
    const id = [...viewStore(fs.table).records].filter(([, one]) => one.kind === 'take').at(-1)![0];
    const hex = 'shared';
    inProcess(fs, ({ env, open }) => {
      const store = open();
      const { objects } = viewStore(fs.table);
      const [sum] = [...objects].find(([, bytes]) => new TextDecoder().decode(bytes) === 'in use')!;
      // As if a collection had run between a take's look and its record.
      const trash = '/folder/.snapdir/trash/00001700000000-0123abcd';
      fs.mkdir(trash, 0o700);
      fs.mkdir(`${trash}/objects`, 0o700);
      const path = [sum.slice(0, 3), sum.slice(3, 6), sum.slice(6, 9), sum.slice(9)].join('/');
      fs.rename(`/folder/.snapdir/.objects/${path}`, `${trash}/objects/${sum}`);
      assert.ok(findInTrash(env, store, 'objects', sum));
      edit(fs, { [hex]: 'edited' });
      restore(env, store, { rev: id, exact: false, rules }, quietControl);
      assert.equal(new TextDecoder().decode(readObject(env, store, sum)), 'in use');
    });
    assert.deepEqual(broken(fs), []);
  });

  test('whatever is read comes back from the trash; a read-only store is read as it is', () => {
    for (const readOnly of [null, 'it is only looked at']) {
      const fs = memoryWith({ a: 'content of a' });
      const id = snapshot(fs);
      inProcess(fs, ({ env, open }) => {
        const store = { ...open(), readOnly };
        const { snapshot: manifest } = loadHistory(env, store).history.checkpoint(
          id as CheckpointId,
        )!;
        const [sum] = [...viewStore(fs.table).objects.keys()];
        const trash = `${store.trash}/00001700000000-0123abcd`;
        for (const dir of ['', '/objects', '/manifests']) {
          makeDirs(fs, store.trash, [`00001700000000-0123abcd${dir}`], 0o700);
        }
        fs.rename(`${store.objects}/${shard(sum!)}`, `${trash}/objects/${sum}`);
        fs.rename(`${store.manifests}/${shard(manifest)}`, `${trash}/manifests/${manifest}`);
        assert.equal(readManifest(env, store, manifest).entries.length, 2);
        assert.equal(new TextDecoder().decode(readObject(env, store, sum!)), 'content of a');
        const stay =
          fs.readdir(`${trash}/objects`).length + fs.readdir(`${trash}/manifests`).length;
        assert.equal(stay, readOnly === null ? 0 : 2);
        if (readOnly === null) {
          fs.rename(`${store.objects}/${shard(sum!)}`, `${trash}/objects/${sum}`);
          assert.deepEqual(verify(env, store, { full: false }, quietControl).problems, []);
          assert.deepEqual(fs.readdir(`${trash}/objects`), []);
        }
      });
      assert.deepEqual(readOnly === null ? broken(fs) : [], []);
    }
  });

  test('more garbage than there was room for at first', () => {
    const fs = withGarbage();
    inProcess(fs, ({ env, open }) => {
      const store = open();
      for (let index = 0; index < 40; index++) {
        const hex = blake3(Buffer.from(String(index)));
        const dirs = shard(hex).split('/').slice(0, -1);
        makeDirs(fs, store.objects, dirs, 0o700);
        fs.close(fs.open(`${store.objects}/${shard(hex)}`, 'wx'));
      }
      const marks = new Marks(env, store);
      marks.refresh(quietControl);
      const of = { env, store, control: quietControl, marks };
      const all = [...findCandidates(of, 2n ** 62n, 7)];
      assert.equal(all.filter(({ kind }) => kind === 'objects').length, 41);
      assert.equal(new Set(all.map(({ hex }) => hex)).size, 42);
      const none = findCandidates(of, 0n, 7);
      assert.deepEqual([none.length, none.tooYoung], [0, 42]);
      const some = findCandidates(of, 2n ** 62n).filter(({ hex }) => hex === all[5]!.hex);
      assert.deepEqual([...some], [all[5]]);
    });
  });

  test('a manifest of others with an odd line keeps what its other lines name', () => {
    const fs = memoryWith({ a: 'one', b: 'two' });
    const first = snapshot(fs);
    edit(fs, { a: 'three' });
    snapshot(fs);
    inProcess(fs, ({ env, open }) => {
      const store = open();
      const sums = ['two', 'one'].map((text) => blake3(Buffer.from(text)));
      const text = `odd line\nF 0644 ${sums[0]} 3 ./b\nF 644 ${sums[1]} 3 ./a\n`;
      const hex = blake3(Buffer.from(text));
      makeDirs(fs, store.manifests, shard(hex).split('/').slice(0, -1), 0o700);
      const fd = fs.open(`${store.manifests}/${shard(hex)}`, 'wx');
      fs.write(fd, Buffer.from(text), 0, text.length);
      fs.close(fd);
      deleteCheckpoints(env, store, { revs: [first] });
    });
    fs.time += 20n * DAY_NS;
    assert.equal(collect(fs).objects, 0);
  });
});
