import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '../support/tempDir';
import { activate, answer, change, root, run, take, type Extension } from './support/extension';
import { inGitRepository } from './support/gitRepository';

const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [string, string, string];
const EACH = 'Choose One by One…';
const line = (name: string, id = ''): string => `  "${name}": "${id}",\n`;
const manifest = (of: Record<string, string>): string => {
  const lines = Object.entries(of).map(([name, id]) => line(name, id));
  return `{\n${lines.join('')}  "~": "snapdir promoted snapshots 1"\n}\n`;
};

/** What snapdir.json of the folder says. */
function names(): Record<string, string> {
  const text = readFileSync(join(root(), 'snapdir.json'), 'utf8');
  const all = Object.entries(JSON.parse(text) as Record<string, string>);
  return Object.fromEntries(all.filter(([name]) => name !== '~'));
}

suite('a merge of snapdir.json', () => {
  const elsewhere = tempDir();
  /** A manifest of a parallel run. */
  const file = (name: string, of: Record<string, string>): string => {
    writeFileSync(join(elsewhere, name), manifest(of));
    return join(elsewhere, name);
  };
  let extension: Extension;

  suiteSetup(async () => {
    extension = await activate();
    // The folder has to be one with a store, whichever suites ran before.
    await take('before the merge');
  });
  teardown(() => {
    extension.test.setPrompts(undefined);
    change({ 'snapdir.json': null });
  });

  test("settles Git's conflict in snapdir.json: what both changed is listed", async () => {
    const conflict = `<<<<<<< HEAD\n${line('main', a)}${line('ours', c)}=======\n${line('main', b)}>>>>>>> theirs\n`;
    const text = `{\n${conflict}  "~": "snapdir promoted snapshots 1"\n}\n`;
    change({ 'snapdir.json': text });
    let asked = answer(extension.test, { modal: [] });
    assert.equal((await run('snapdir.mergeManifests'))?.written, false);
    assert.deepEqual(asked[0]?.buttons, ['Take Ours', 'Take Theirs', 'Choose One by One…']);
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
  });

  test("what only one side changed in a git merge is not asked about: Git's index has the base", async () => {
    const who = ['-c', 'user.name=t', '-c', 'user.email=t@t', '-c', 'commit.gpgSign=false'];
    const git = (...args: string[]): number | null =>
      spawnSync('git', ['-C', root(), ...who, ...args]).status;
    const commit = (dev = '', main = ''): void => {
      change({ 'snapdir.json': manifest({ dev, main }) });
      assert.deepEqual([git('add', 'snapdir.json'), git('commit', '-qm', 'x')], [0, 0]);
    };
    await inGitRepository(async () => {
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
    });
  });

  test("of Git's conflict each name may be chosen by itself", async () => {
    const side = (dev: string, main: string): string => `${line('dev', dev)}${line('main', main)}`;
    const conflict = `<<<<<<< HEAD\n${side(a, a)}=======\n${side(b, c)}>>>>>>> theirs\n`;
    change({ 'snapdir.json': `{\n${conflict}  "~": "snapdir promoted snapshots 1"\n}\n` });
    const asked = answer(extension.test, { modal: [EACH], pick: ['aaaa', 'cccc'] });
    assert.equal((await run('snapdir.mergeManifests'))?.written, true);
    const [, first, second] = asked;
    assert.equal(first?.text, 'Merge Promoted Manifests (1/2)');
    assert.deepEqual(first.descriptions, ['snapdir.json, ours', 'snapdir.json, theirs']);
    assert.equal(second?.text, 'Merge Promoted Manifests (2/2)');
    assert.deepEqual(names(), { dev: a, main: c });
  });

  test('puts chosen files into snapdir.json, which is made; nothing is asked where they agree', async () => {
    const files = [file('one.json', { main: a, same: a }), file('two.json', { same: a, dev: b })];
    const asked = answer(extension.test, { files });
    const merged = await run('snapdir.mergeManifests');
    assert.deepEqual([merged?.written, merged?.names], [true, 3]);
    assert.deepEqual(
      asked.map(({ kind }) => kind),
      ['openFiles', 'info'],
    );
    assert.equal(asked[1]?.text, 'Merged into snapdir.json, names: 3.');
    const text = ['dev', 'main', 'same'].map((name) => line(name, name === 'dev' ? b : a)).join('');
    assert.equal(
      readFileSync(join(root(), 'snapdir.json'), 'utf8'),
      `{\n${text}  "~": "snapdir promoted snapshots 1"\n}\n`,
    );
    answer(extension.test, {});
    const left = await run('snapdir.mergeManifests');
    assert.deepEqual([left?.written, left?.names], [false, 3], 'no file was chosen');
  });

  test('conflicts between chosen files and snapdir.json are listed: left, kept, or chosen one by one', async () => {
    const before = manifest({ dev: a, main: a, own: a });
    change({ 'snapdir.json': before });
    const files = [file('one.json', { main: b, dev: a }), file('two.json', { main: c, dev: b })];
    const ask = async (more: Parameters<typeof answer>[1]): Promise<ReturnType<typeof answer>> => {
      const asked = answer(extension.test, { files, ...more });
      await run('snapdir.mergeManifests');
      return asked.slice(1);
    };
    const left = await ask({});
    assert.deepEqual(left[0]?.buttons, [EACH, 'Keep What Is Here']);
    assert.match(left[0].text, /^2 names stand for different snapshots in these manifests\./u);
    assert.match(left[0].text, /dev: a+ ↔ b+\nmain: a+ ↔ b+ ↔ c+\n/u);
    assert.equal(left[1]?.text, 'Nothing was written. Still in conflict: dev, main.');
    const halfway = await ask({ modal: [EACH], pick: ['aaaa'] });
    assert.match(halfway.at(-1)?.text ?? '', /Still in conflict: dev, main/u);
    assert.equal(readFileSync(join(root(), 'snapdir.json'), 'utf8'), before);

    const kept = await ask({ modal: ['Keep What Is Here'] });
    assert.match(kept[1]?.text ?? '', /names: 3\. As they were before: dev, main\.$/u);
    assert.deepEqual(names(), { dev: a, main: a, own: a });

    const chosen = await ask({ modal: [EACH], pick: ['bbbb', 'cccc'] });
    assert.deepEqual(chosen[2]?.descriptions, ['snapdir.json', 'one.json', 'two.json']);
    assert.deepEqual(names(), { dev: b, main: c, own: a });
  });

  test('a chosen file that is no manifest is named, and nothing is written', async () => {
    const odd = join(elsewhere, 'odd.json');
    writeFileSync(odd, '{\n  "name": 1\n}\n');
    const asked = answer(extension.test, { files: [file('one.json', { main: a }), odd] });
    await run('snapdir.mergeManifests');
    assert.ok(asked.at(-1)?.text.includes(`${odd}, line 2`), asked.at(-1)?.text);
    assert.equal(existsSync(join(root(), 'snapdir.json')), false);
  });
});
