import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliFolder, type CliFolder } from '../support/cli';
import { tempDir } from '../support/tempDir';

type Names = Record<string, string>;
const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [string, string, string];

suite('cli: merge-manifests after a git merge', function () {
  this.timeout(120_000);
  let folder: CliFolder;
  let file: string;
  const git = (...args: string[]): void => {
    const who = ['-c', 'user.name=t', '-c', 'user.email=t@t', '-c', 'commit.gpgSign=false'];
    execFileSync('git', [...who, ...args], { cwd: folder.dir, stdio: 'pipe' });
  };
  const commit = (names: Names): void => {
    const lines = Object.entries(names).map(([name, id]) => `  "${name}": "${id}",\n`);
    writeFileSync(file, `{\n${lines.join('')}  "~": "snapdir promoted snapshots 1"\n}\n`);
    git('add', 'snapdir.json');
    git('commit', '-qm', 'promoted');
  };
  const names = (text = readFileSync(file, 'utf8')): Names => {
    const all = Object.entries(JSON.parse(text) as Names);
    return Object.fromEntries(all.filter(([name]) => name !== '~'));
  };
  /** Leaves the conflict of two branches, as Git does with `style`. */
  const conflict = (before: Names, ours: Names, theirs: Names, style = 'merge'): string => {
    commit(before);
    git('checkout', '-qb', 'other');
    commit(theirs);
    git('checkout', '-q', '-');
    commit(ours);
    const args = ['-c', `merge.conflictStyle=${style}`, 'merge', '-q', 'other'];
    assert.equal(spawnSync('git', args, { cwd: folder.dir }).status, 1);
    const text = readFileSync(file, 'utf8');
    assert.match(text, /^<{7} /m);
    return text;
  };
  setup(async () => {
    folder = cliFolder({ x: '1' }, { SNAPDIR_HOME: tempDir() });
    file = join(folder.dir, 'snapdir.json');
    git('init', '-q');
    await folder.ok('take');
  });

  test('neighbours that each side changed alone are no conflict: the base is in the index', async () => {
    const text = conflict({ dev: a, main: a }, { dev: b, main: a }, { dev: a, main: c });
    assert.doesNotMatch(text, /^\|{7}/m);
    const printed = await folder.ok('merge-manifests', 'snapdir.json', '--prefer', 'last');
    assert.deepEqual(names(printed.stdout), { dev: b, main: c });
    assert.equal(readFileSync(file, 'utf8'), text);
    const settled = await folder.ok('merge-manifests');
    assert.deepEqual([names(), settled.stderr], [{ dev: b, main: c }, '']);
  });

  test('a part that a person settled by hand before stays as they did', async () => {
    const before = { dev: a, main: a, x1: a, x2: a, x3: a, x4: a, x5: a, zed: a };
    const text = conflict(before, { ...before, dev: b, zed: b }, { ...before, main: c, zed: c });
    const at = text.lastIndexOf('<<<<<<<');
    const rest = text.slice(text.indexOf('  "~"'));
    writeFileSync(file, `${text.slice(0, at)}  "zed": "${a}",\n${rest}`);
    await folder.ok('merge-manifests');
    assert.deepEqual(names(), { ...before, dev: b, main: c });
  });

  test('what both changed is listed, and a name that one took away goes with them', async () => {
    const [ours, theirs] = [{ main: b }, { dev: b, main: c }];
    const text = conflict({ dev: a, main: a }, ours, theirs, 'diff3');
    const asked = await folder.run('merge-manifests');
    assert.equal(asked.code, 1);
    assert.match(
      asked.stderr,
      /dev is b+, or taken away\n.*main is b+ and c+\n.*nothing was written/,
    );
    assert.doesNotMatch(asked.stderr, /not known/);
    assert.equal(readFileSync(file, 'utf8'), text);
    // Out of the text itself, whatever folder it lies in.
    const copy = join(tempDir(), 'copy.json');
    writeFileSync(copy, text);
    const last = await folder.ok('merge-manifests', copy, '--prefer', 'last');
    assert.deepEqual(names(last.stdout), theirs);
    const first = await folder.ok('merge-manifests', copy, '--prefer', 'first');
    assert.deepEqual(names(first.stdout), ours);
    await folder.ok('merge-manifests', '--prefer', 'first');
    assert.deepEqual(names(), ours);
  });

  test('without a base each different value is listed, and the command says why', async () => {
    conflict({ dev: a, main: a }, { dev: b, main: a }, { dev: a, main: c });
    git('add', 'snapdir.json'); // Told to be settled, which takes the base out of the index.
    const asked = await folder.run('merge-manifests');
    assert.equal(asked.code, 1);
    assert.match(
      asked.stderr,
      /dev is b+ and a+\n.*main is a+ and c+\n.*not known.*\n.*nothing was/,
    );
  });

  test('--into without files is wrong use, and nothing is written', async () => {
    const text = conflict({ dev: a, main: a }, { dev: b, main: a }, { dev: a, main: c });
    const wrong = await folder.run('merge-manifests', '--into', 'other.json');
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /--into needs the files to merge/);
    assert.equal(readFileSync(file, 'utf8'), text);
  });
});
