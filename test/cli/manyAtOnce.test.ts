import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliFolder, runCliOk, type CliResult } from '../support/cli';
import { tempDir } from '../support/tempDir';

const AT_ONCE = 8;
const each = <T>(work: (n: number) => Promise<T>, count = AT_ONCE): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => work(n)));
const allDone = (results: CliResult[]): void =>
  results.forEach(({ code, stderr }) => assert.equal(code, 0, stderr));

suite('cli: files that many processes change at once', function () {
  this.timeout(240_000);

  test('snapdir.json has every name that was promoted', async () => {
    const folder = cliFolder({ a: '1' }, { SNAPDIR_HOME: tempDir(), SNAPDIR_STORE: '' });
    await folder.ok('take');
    const url = `file://${join(tempDir(), 'bucket')}`;
    const expected: string[] = [];
    for (const round of ['r1', 'r2']) {
      const one = (n: number): Promise<CliResult> =>
        folder.run('promote', 'HEAD', `${round}-n${n}`, '--to', url, '--manifest');
      allDone(await each(one));
      expected.push(...Array.from({ length: AT_ONCE }, (_, n) => `${round}-n${n}`));
    }
    const text = readFileSync(join(folder.dir, 'snapdir.json'), 'utf8');
    const names = Object.keys(JSON.parse(text) as object).filter((name) => name !== '~');
    assert.deepEqual(names, expected);
  });

  test('every store that was added is known', async () => {
    const folder = cliFolder({}, { SNAPDIR_HOME: tempDir(), SNAPDIR_STORE: '' });
    allDone(await each((n) => folder.run('remote', 'add', `s${n}`, `file:///tmp/none-${n}`), 12));
    const listed = (await folder.ok('remote', 'ls', '-q')).stdout.trim().split('\n');
    assert.deepEqual(listed.sort(), Array.from({ length: 12 }, (_, n) => `s${n}`).sort());
    allDone(await each((n) => folder.run('remote', 'remove', `s${n}`), 12));
    assert.match((await folder.ok('remote', 'ls')).stdout, /^There are no stores/);
  });
});

suite('cli: merge-manifests in a clone without a store', function () {
  this.timeout(120_000);

  test("Git's conflict is settled, from a folder within as well, and no store is made", async () => {
    const [a, b] = ['a', 'b'].map((digit) => digit.repeat(64));
    const folder = cliFolder({}, { SNAPDIR_HOME: tempDir() });
    const git = (...args: string[]): void => {
      const who = ['-c', 'user.name=t', '-c', 'user.email=t@t', '-c', 'commit.gpgSign=false'];
      execFileSync('git', [...who, ...args], { cwd: folder.dir, stdio: 'pipe' });
    };
    const file = join(folder.dir, 'snapdir.json');
    const commit = (lines: string): void => {
      writeFileSync(file, `{\n${lines}  "~": "snapdir promoted snapshots 1"\n}\n`);
      git('add', 'snapdir.json');
      git('commit', '-qm', 'promoted');
    };
    git('init', '-q');
    commit('');
    git('checkout', '-qb', 'other');
    commit(`  "theirs": "${a}",\n`);
    git('checkout', '-q', '-');
    commit(`  "ours": "${b}",\n`);
    assert.equal(spawnSync('git', ['merge', '-q', 'other'], { cwd: folder.dir }).status, 1);
    const within = join(folder.dir, 'src');
    mkdirSync(within);
    const env = { SNAPDIR_HOME: tempDir() };
    assert.match((await runCliOk(['merge-manifests'], { cwd: within, env })).stdout, /2 names/);
    const merged = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    assert.deepEqual([merged['ours'], merged['theirs']], [b, a]);
    assert.match((await folder.ok('merge-manifests')).stdout, /Nothing to do/);
    assert.ok(!existsSync(join(folder.dir, '.snapdir')));
    assert.match((await folder.run('merge-manifests', '-C', within)).stderr, /snapdir\.json/);
  });
});
