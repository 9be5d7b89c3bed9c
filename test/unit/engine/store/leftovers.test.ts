import { strict as assert } from 'node:assert';
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { quietControl } from '../../../../src/engine/context';
import { thisHost, type LeaseHost } from '../../../../src/engine/disk/leaseHost';
import { collectGarbage } from '../../../../src/engine/store/collectGarbage';
import { besideName, noteDraft } from '../../../../src/engine/store/draftNotes';
import { restoreTo } from '../../../../src/engine/worktree/restore/restoreTo';
import { makeRepo, type Repo } from '../../../support/restoreRepo';
import { tempDir } from '../../../support/tempDir';

const HOUR_MS = 3_600_000;
const name = (digit: string): string => digit.repeat(32);
/** A process of this machine and boot that is no more. */
const gone: LeaseHost = { ...thisHost(), pid: 2 ** 22 + 1, started: '1' };

function collect(repo: Repo, dryRun = false): number {
  return collectGarbage(repo.env, repo.store, { dryRun }, quietControl).leftovers;
}

function age(path: string, hours: number): void {
  const time = (Date.now() - hours * HOUR_MS) / 1000;
  utimesSync(path, time, time);
}

suite('leftovers of processes that were killed', () => {
  let repo: Repo;
  let at: (entry: string) => string;
  setup(() => {
    repo = makeRepo({ a: 'one' });
    repo.take();
    at = (entry) => join(repo.store.tmp, entry);
  });

  test('a day after they were last written they go; the rest of tmp stays', () => {
    const entries = ['1', '2', '3'].map(name);
    writeFileSync(at(entries[0]!), 'half a file');
    writeFileSync(at(entries[1]!), 'young');
    mkdirSync(at(join(entries[2]!, 'thread', 'x')), { recursive: true });
    writeFileSync(at('notes.txt'), 'not ours');
    for (const entry of [entries[0]!, join(entries[2]!, 'thread'), entries[2]!, 'notes.txt']) {
      age(at(entry), 25);
    }
    age(at(entries[1]!), 23);
    // Somebody wrote in one of its folders an hour ago.
    mkdirSync(at(name('4')));
    mkdirSync(at(join(name('4'), 'thread')));
    age(at(join(name('4'), 'thread')), 1);
    age(at(name('4')), 25);
    age(at(join(entries[2]!, 'thread', 'x')), 25);
    assert.equal(collect(repo, true), 2);
    assert.equal(readdirSync(repo.store.tmp).length, 5);
    assert.equal(collect(repo), 2);
    assert.deepEqual(readdirSync(repo.store.tmp).sort(), [name('2'), name('4'), 'notes.txt']);
  });

  /** A folder beside a restore's place, as a kill leaves it. */
  function abandoned(digit: string, host: LeaseHost): string {
    const dir = join(tempDir(), besideName(name(digit)));
    noteDraft({ ...repo.env, leaseHost: host }, repo.store, name(digit), dir);
    mkdirSync(dir);
    writeFileSync(join(dir, 'draft'), 'half');
    return dir;
  }

  test('what a killed restore left on another disk goes with the next restore, or collection', () => {
    const first = abandoned('5', gone);
    const alive = abandoned('6', thisHost());
    restoreTo(
      repo.env,
      repo.store,
      { rev: 'HEAD', mode: 'at', destination: tempDir() },
      quietControl,
    );
    assert.deepEqual([existsSync(first), existsSync(alive)], [false, true]);
    assert.deepEqual(readdirSync(repo.store.tmp), [`beside-${name('6')}`]);
    const second = abandoned('7', gone);
    assert.equal(collect(repo), 1);
    assert.deepEqual([existsSync(second), existsSync(alive)], [false, true]);
    // After a reboot, too, where process numbers mean nothing.
    const third = abandoned('8', { ...thisHost(), boot: 'another boot' });
    collect(repo);
    assert.ok(!existsSync(third));
  });

  test('a note that came with a clone removes nothing but folders of our name', () => {
    const victim = join(tempDir(), 'precious');
    mkdirSync(victim);
    const env = { ...repo.env, leaseHost: gone };
    noteDraft(env, repo.store, name('9'), victim);
    const other = join(dirname(victim), besideName(name('a')));
    mkdirSync(other);
    writeFileSync(join(other, 'thesis.txt'), 'somebody put it here');
    noteDraft(env, repo.store, name('a'), other);
    assert.equal(collect(repo), 0);
    assert.ok(existsSync(victim) && existsSync(join(other, 'thesis.txt')));
  });

  test('a restore to another disk leaves neither folder nor note', function () {
    const disk = '/dev/shm';
    if (process.platform !== 'linux' || !existsSync(disk)) {
      this.skip(); // skipped: there is no second file system that everybody may write to
    }
    const out = join(disk, basename(tempDir()));
    mkdirSync(out);
    try {
      const to = { rev: 'HEAD', mode: 'at', destination: join(out, 'new') } as const;
      restoreTo(repo.env, repo.store, to, quietControl);
      assert.deepEqual(readdirSync(out), ['new']);
      assert.deepEqual(readdirSync(repo.store.tmp), []);
    } finally {
      rmSync(out, { recursive: true });
    }
  });
});
