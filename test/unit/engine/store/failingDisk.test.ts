import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SnapdirError } from '../../../../src/core/errors';
import { shard } from '../../../../src/core/storeLayout';
import type { Fs } from '../../../../src/engine/disk/fs';
import { thisHost } from '../../../../src/engine/disk/leaseHost';
import { nodeFs } from '../../../../src/engine/disk/nodeFs';
import type { MethodTable } from '../../../../src/engine/engine';
import { blake3 } from '../../../../src/engine/hashing/blake3';
import { directEngine, everything, quietControl } from '../../../support/directEngine';
import { fileTree } from '../../../support/fileTree';
import { whyNoTracing } from '../../../reliability/support/disks';
import { command } from '../../../reliability/support/kills';
import { tempDir } from '../../../support/tempDir';

const failure = (code: string): Error => Object.assign(new Error(`${code}: test`), { code });

function take(engine: MethodTable, trigger: 'manual' | 'auto' = 'manual'): string {
  return engine.take({ trigger, rules: everything }, quietControl).checkpoint.id;
}

function objectOf(root: string, text: string): string {
  const hex = blake3(new TextEncoder().encode(text));
  return join(root, '.snapdir/.objects', shard(hex));
}

/** So many files that they are written in place, with one sync for all. */
const MANY = Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`f${n}`, `text ${n}`]));

suite('a disk that fails', function () {
  this.timeout(60_000);

  test('a store that could not be made leaves no draft of its format behind', () => {
    const root = fileTree(tempDir(), { a: 'a' });
    const fsyncDir = (path: string): void => {
      if (path.endsWith('/tmp')) {
        throw failure('EIO');
      }
      nodeFs.fsyncDir(path);
    };
    const engine = directEngine(root, { fs: { ...nodeFs, fsyncDir } });
    assert.throws(
      () => take(engine),
      (error) => SnapdirError.is(error, 'IO'),
    );
    assert.deepEqual(readdirSync(join(root, '.snapdir', 'tmp')), []);
    take(directEngine(root));
  });

  test('after a sync that failed, what was in doubt is written anew before it is relied on', function () {
    if (process.platform !== 'linux') {
      this.skip();
    }
    const root = fileTree(tempDir(), MANY);
    let syncs = 0;
    const fs: Fs = {
      ...nodeFs,
      syncFileSystem: (path) => {
        if (++syncs === 1) {
          throw failure('EIO');
        }
        return nodeFs.syncFileSystem(path);
      },
    };
    const engine = directEngine(root, { fs });
    assert.throws(
      () => take(engine),
      (error) => SnapdirError.is(error, 'IO') && error.data.errno === 'EIO',
    );
    const doubtful = statSync(objectOf(root, 'text 7')).ino;
    assert.ok(readdirSync(join(root, '.snapdir/unsynced')).some((name) => /^suspect-/.test(name)));
    take(engine);
    assert.notEqual(statSync(objectOf(root, 'text 7')).ino, doubtful, 'only synced again');
    assert.deepEqual(readdirSync(join(root, '.snapdir/unsynced')), []);
    assert.equal(engine.verify({ full: true }, quietControl).problemCount, 0);
  });

  test('what was in doubt and is lost by now is written from the folder', () => {
    const root = fileTree(tempDir(), MANY);
    const engine = directEngine(root);
    take(engine);
    writeFileSync(join(root, '.snapdir/unsynced', `suspect-${'a'.repeat(32)}`), '0');
    writeFileSync(objectOf(root, 'text 7'), 'TEXT 7');
    assert.throws(
      () => take(engine),
      (error) => SnapdirError.is(error, 'INTEGRITY'),
    );
    take(engine);
    assert.equal(engine.verify({ full: true }, quietControl).problemCount, 0);
    assert.deepEqual(readdirSync(join(root, '.snapdir/unsynced')), []);
  });

  test('the command tells of a sync that failed', async function () {
    if (whyNoTracing() !== undefined) {
      this.skip();
    }
    const root = fileTree(tempDir(), MANY);
    const inject = ['-e', 'trace=syncfs', '-e', 'inject=syncfs:error=EIO'];
    const wrap = ['strace', '-f', '-qq', '-o', '/dev/null', ...inject];
    const { code, stderr } = await command(root, ['take'], { wrap });
    assert.equal(code, 3, stderr);
    assert.match(stderr, /failed: the disk could not read or write it \(EIO\)\. Check the disk/);
    assert.equal((await command(root, ['take', '-q'])).code, 0);
    assert.equal((await command(root, ['verify', '--full'])).code, 0);
  });

  test('an object that cannot be read any more keeps nobody from taking snapshots', () => {
    const root = fileTree(tempDir(), { a: 'unreadable', b: 'good' });
    const bad = objectOf(root, 'unreadable');
    take(directEngine(root));
    leaveMark(root);
    const broken = new Set<number>();
    const fs: Fs = {
      ...nodeFs,
      open: (path, how, mode) => {
        const fd = nodeFs.open(path, how, mode);
        if (path === bad && how === 'r') {
          broken.add(fd);
        } else {
          broken.delete(fd);
        }
        return fd;
      },
      read: (fd, ...rest) => {
        if (broken.has(fd)) {
          throw failure('EIO');
        }
        return nodeFs.read(fd, ...rest);
      },
    };
    take(directEngine(root, { fs }));
    const damaged = readdirSync(join(root, '.snapdir/damaged'));
    assert.equal(damaged.length, 1);
    // Written anew: the file was in the folder still.
    assert.equal(directEngine(root).verify({ full: true }, quietControl).problemCount, 0);
  });

  test('a disk of which nothing can be read sets nothing aside', () => {
    const root = fileTree(tempDir(), MANY);
    take(directEngine(root));
    leaveMark(root);
    const read = (): never => {
      throw failure('EIO');
    };
    assert.throws(
      () => take(directEngine(root, { fs: { ...nodeFs, read } })),
      (error) => SnapdirError.is(error, 'IO'),
    );
    const { problemCount } = directEngine(root).verify({ full: true }, quietControl);
    assert.equal(problemCount, 0);
  });

  test('folders that collections remove, one level after the other, are made again', () => {
    const root = fileTree(tempDir(), MANY);
    let left = 5;
    const fs: Fs = {
      ...nodeFs,
      open: (path, how, mode) => {
        if (left > 0 && how === 'wx' && path.includes('/.objects/')) {
          // While it is empty, a collection may take it, and then what is above it.
          const above = ['..', '../..', '../../..'].slice(0, 1 + (left % 3));
          above.forEach((up) => rmdirIfEmpty(join(path, up)));
          left--;
        }
        return nodeFs.open(path, how, mode);
      },
    };
    take(directEngine(root, { fs }));
    assert.equal(left, 0);
    assert.equal(directEngine(root).verify({ full: true }, quietControl).problemCount, 0);
  });

  test('a folder that a collection removed before its sync needs none', () => {
    const root = fileTree(tempDir(), { a: 'one' });
    let gone = false;
    const fs: Fs = {
      ...nodeFs,
      fsyncDir: (path) => {
        if (!gone && path.includes('/.objects/')) {
          gone = true;
          throw failure('ENOENT');
        }
        nodeFs.fsyncDir(path);
      },
    };
    take(directEngine(root, { fs }));
    assert.ok(gone);
  });

  test('a record that cannot be read for a moment is there the next time', () => {
    const root = fileTree(tempDir(), { a: 'one' });
    const id = take(directEngine(root));
    let fails = 'EIO';
    const fs: Fs = {
      ...nodeFs,
      open: (path, how, mode) => {
        if (fails !== '' && path.endsWith(`${id}.json`)) {
          throw failure(fails);
        }
        return nodeFs.open(path, how, mode);
      },
    };
    // Another path to it: a process that has nothing in memory.
    const engine = directEngine(`${root}/.`, { fs });
    assert.equal(engine.timeline({}, quietControl).total, 0);
    fails = 'EMFILE';
    assert.throws(
      () => engine.timeline({}, quietControl),
      (error) => SnapdirError.is(error, 'IO') && error.data.errno === 'EMFILE',
    );
    fails = '';
    assert.equal(engine.timeline({}, quietControl).total, 1);
  });
});

function rmdirIfEmpty(dir: string): void {
  if (readdirSync(dir).length === 0) {
    rmdirSync(dir);
  }
}

/** As of a process that was killed while it wrote, before everything that is there. */
function leaveMark(root: string): void {
  const { host, boot, pidSpace } = thisHost();
  const pid = Number(execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }));
  const marks = join(root, '.snapdir/unsynced');
  mkdirSync(marks, { recursive: true });
  const text = JSON.stringify({ host, boot, pidSpace, pid, started: '1' });
  const mark = join(marks, 'a'.repeat(32));
  writeFileSync(mark, `${text}\n`, { mode: 0o600 });
  execFileSync('touch', ['-d', '1 hour ago', mark]);
}
