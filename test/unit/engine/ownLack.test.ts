import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { SnapdirError } from '../../../src/core/errors';
import type { Fs } from '../../../src/engine/disk/fs';
import { isOwnLack } from '../../../src/engine/disk/fsErrors';
import { nodeFs } from '../../../src/engine/disk/nodeFs';
import type { MethodTable } from '../../../src/engine/engine';
import { sharedState, stopJob, throwIfStopped } from '../../../src/engine/jobs/sharedJob';
import { FaultFs, injectionsFor } from '../../reliability/support/faultFs';
import { defaultRules as rules, directEngine, quietControl } from '../../support/directEngine';
import { fileTree } from '../../support/fileTree';
import { tempDir } from '../../support/tempDir';

const TREE = {
  'a.txt': 'one',
  '.gitignore': '*.log\n',
  'x.log': 'ignored',
  'src/b.txt': 'two',
  'src/.ignore': 'c.txt\n',
  'src/c.txt': 'ignored, too',
  'src/deep/d.txt': 'three',
  'src/link': { link: '../a.txt' },
};

/** What an operation gave, without what differs from run to run. */
type Deed = (engine: MethodTable) => unknown;

const take: Deed = (engine) => {
  const { checkpoint, skipped } = engine.take({ trigger: 'auto', rules }, quietControl);
  return { snapshot: checkpoint.snapshot, links: checkpoint.stats, skipped };
};

const DEEDS: Record<string, Deed> = {
  'a take': take,
  'an estimate': (engine) => engine.estimate({ rules, ms: 60_000 }, quietControl),
  'a comparison with the folder': (engine) => {
    const { changes, counts } = engine.compare(
      { left: 'HEAD', right: 'live', rules },
      quietControl,
    );
    return { changes, counts };
  },
  'the plan of a restore': (engine) => {
    const { counts, items } = engine.planRestore({ rev: 'HEAD', exact: true, rules }, quietControl);
    return { counts, items };
  },
  'a full verify': (engine) => engine.verify({ full: true }, quietControl).problems,
};

/** A folder whose snapshot is taken, and that changed since, so that there is something to look at. */
function changedFolder(): string {
  const root = fileTree(tempDir(), TREE);
  take(directEngine(root));
  fileTree(root, { 'a.txt': 'one, changed', 'src/e.txt': 'new', 'src/deep/d.txt': null });
  return root;
}

function isTold(error: unknown, errno: string): boolean {
  return (
    SnapdirError.is(error, 'IO') && error.data.errno === errno && error.data.path.startsWith('/')
  );
}

suite('too many open files', function () {
  this.timeout(120_000);

  for (const [name, deed] of Object.entries(DEEDS)) {
    for (const [kind, make] of [
      ['first', () => fileTree(tempDir(), TREE)],
      ['later', changedFolder],
    ] as const) {
      if (kind === (/take/.test(name) ? '' : /estimate/.test(name) ? 'later' : 'first')) {
        continue; // There is nothing yet, or nothing else.
      }
      test(`at any call of ${name}, ${kind}: an error that says so, or all of it`, () => {
        const healthy = new FaultFs();
        const whole = deed(directEngine(make(), { fs: healthy.fs }));
        let failed = 0;
        const all = injectionsFor(healthy.calls).filter(({ fault }) => fault === 'EMFILE');
        for (const injection of all) {
          const root = make();
          const faulty = new FaultFs(injection);
          let result = whole;
          try {
            result = deed(directEngine(root, { fs: faulty.fs }));
          } catch (error) {
            assert.ok(isTold(error, 'EMFILE'), `${faulty.failed[0]}: ${String(error)}`);
            failed++;
          }
          assert.deepEqual(result, whole, faulty.failed[0]);
          rmSync(root, { recursive: true });
        }
        assert.ok(failed > 0);
      });
    }
  }

  test('a store whose content cannot be opened is not called damaged, nor is anything repaired', () => {
    const root = changedFolder();
    const open: Fs['open'] = (path, how, mode) => {
      if (path.includes('/.objects/') && how === 'r') {
        throw Object.assign(new Error('ENFILE'), { code: 'ENFILE', path });
      }
      return nodeFs.open(path, how, mode);
    };
    const engine = directEngine(root, { fs: { ...nodeFs, open } });
    assert.throws(
      () => engine.repair({ full: true, rules }, quietControl),
      (error) => isTold(error, 'ENFILE'),
    );
    assert.deepEqual(directEngine(root).verify({ full: true }, quietControl).problems, []);
  });

  test('too little memory for a look at one file stops a take, a file without permission does not', () => {
    const root = fileTree(tempDir(), TREE);
    const denied = join(root, 'src/b.txt');
    const failing = (code: string): Fs => ({
      ...nodeFs,
      lstat: (path) => {
        if (path === denied) {
          throw Object.assign(new Error(code), { code, path });
        }
        return nodeFs.lstat(path);
      },
    });
    assert.throws(
      () => take(directEngine(root, { fs: failing('ENOMEM') })),
      (error) => isTold(error, 'ENOMEM'),
    );
    const engine = directEngine(root, { fs: failing('EACCES') });
    const { skipped } = engine.take({ trigger: 'manual', rules }, quietControl);
    assert.deepEqual(skipped, [{ path: 'src/b.txt', reason: 'unreadable', detail: 'EACCES' }]);
  });

  test('an ignore file that cannot be read keeps nobody from an estimate, and is told by its cause', () => {
    const root = fileTree(tempDir(), TREE);
    const denied = join(root, 'src/.ignore');
    const open: Fs['open'] = (path, how, mode) => {
      if (path === denied) {
        throw Object.assign(new Error('EACCES'), { code: 'EACCES', path });
      }
      return nodeFs.open(path, how, mode);
    };
    const engine = directEngine(root, { fs: { ...nodeFs, open } });
    assert.ok(engine.estimate({ rules, ms: 60_000 }, quietControl).complete);
    const { skipped } = engine.take({ trigger: 'manual', rules }, quietControl);
    const detail = 'ignore rules of this folder: EACCES';
    assert.deepEqual(skipped, [{ path: 'src/.ignore', reason: 'unreadable', detail }]);
  });

  test('is known raw and translated, and is nothing that concerns one file alone', () => {
    const raw = (code: string): Error => Object.assign(new Error(code), { code });
    for (const errno of ['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS']) {
      assert.ok(isOwnLack(raw(errno)));
      assert.ok(isOwnLack(new SnapdirError('IO', { operation: 'read', path: '/', errno })));
    }
    for (const errno of ['EACCES', 'EIO', 'EAGAIN', 'ENOSPC']) {
      assert.ok(!isOwnLack(raw(errno)));
    }
  });

  test('comes from another thread with its path, however long that is', () => {
    const job = sharedState(1);
    const path = `/${'"\\'.repeat(2048)}`;
    stopJob(job, new SnapdirError('IO', { operation: 'read', path, errno: 'EMFILE' }));
    assert.throws(
      () => throwIfStopped(job),
      (error) => SnapdirError.is(error, 'IO') && error.data.path === path,
    );
  });
});
