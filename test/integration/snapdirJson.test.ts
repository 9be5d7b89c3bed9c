import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { activate, answer, change, root, run, take, type Extension } from './support/extension';

suite('a merge of snapdir.json', () => {
  let extension: Extension;

  suiteSetup(async () => {
    extension = await activate();
    // The folder has to be one with a store, whichever suites ran before.
    await take('before the merge');
  });
  teardown(() => extension.test.setPrompts(undefined));

  test("settles Git's conflict in snapdir.json: what both changed is listed", async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(64));
    const line = (name: string, id = ''): string => `  "${name}": "${id}",\n`;
    const conflict = `<<<<<<< HEAD\n${line('main', a)}${line('ours', c)}=======\n${line('main', b)}>>>>>>> theirs\n`;
    const text = `{\n${conflict}  "~": "snapdir promoted snapshots 1"\n}\n`;
    change({ 'snapdir.json': text });
    let asked = answer(extension.test, { modal: [] });
    assert.equal((await run('snapdir.mergeManifests'))?.written, false);
    assert.deepEqual(asked[0]?.buttons, ['Take Ours', 'Take Theirs']);
    assert.match(asked[0].text, /main: a{6,} ↔ b{6,}/u);
    assert.match(asked[0].text, /What stood there before is not known/u);
    assert.equal(readFileSync(join(root(), 'snapdir.json'), 'utf8'), text);
    asked = answer(extension.test, { modal: ['Take Theirs'] });
    assert.deepEqual((await run('snapdir.mergeManifests'))?.names, 2);
    const merged = JSON.parse(readFileSync(join(root(), 'snapdir.json'), 'utf8')) as object;
    assert.deepEqual(Object.entries(merged).slice(0, 2), [
      ['main', b],
      ['ours', c],
    ]);
    change({ 'snapdir.json': null });
  });

  test("what only one side changed in a git merge is not asked about: Git's index has the base", async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(64));
    const who = ['-c', 'user.name=t', '-c', 'user.email=t@t', '-c', 'commit.gpgSign=false'];
    const git = (...args: string[]): number | null =>
      spawnSync('git', ['-C', root(), ...who, ...args]).status;
    const commit = (dev = '', main = ''): void => {
      const names = `  "dev": "${dev}",\n  "main": "${main}",\n`;
      change({ 'snapdir.json': `{\n${names}  "~": "snapdir promoted snapshots 1"\n}\n` });
      assert.deepEqual([git('add', 'snapdir.json'), git('commit', '-qm', 'x')], [0, 0]);
    };
    git('init', '-q');
    commit(a, a);
    git('checkout', '-qb', 'other');
    commit(a, c);
    git('checkout', '-q', '-');
    commit(b, a);
    assert.equal(git('-c', 'merge.conflictStyle=merge', 'merge', 'other'), 1);
    const asked = answer(extension.test, { modal: [] });
    assert.equal((await run('snapdir.mergeManifests'))?.written, true);
    assert.equal(asked.filter(({ kind }) => kind === 'modal').length, 0);
    const merged = readFileSync(join(root(), 'snapdir.json'), 'utf8');
    assert.deepEqual(Object.values(JSON.parse(merged) as object).slice(0, 2), [b, c]);
    change({ 'snapdir.json': null });
    rmSync(join(root(), '.git'), { recursive: true });
  });
});
