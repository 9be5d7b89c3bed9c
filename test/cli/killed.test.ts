import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cliFolder, type CliFolder } from '../support/cli';
import { fileTree, readTree } from '../support/fileTree';
import { cliPath } from '../support/paths';

const FILES = 1200;
const files = (text: string): Record<string, string> =>
  Object.fromEntries(Array.from({ length: FILES }, (_, i) => [`d${i % 50}/f${i}`, `${text} ${i}`]));

function journals(folder: CliFolder): string[] {
  return readdirSync(join(folder.dir, '.snapdir', 'restore'));
}

/** Whether the restore has touched one of a few files. */
function hasBegun({ dir }: CliFolder): boolean {
  const probes = [0, 1, 2, 50, FILES - 1].map((i) => join(dir, `d${i % 50}`, `f${i}`));
  return (
    !existsSync(join(dir, 'extra.txt')) ||
    probes.some((path) => existsSync(path) && readFileSync(path, 'utf8').startsWith('old'))
  );
}

/** Starts a restore of everything and kills it after its first file; false: it was faster than that. */
async function killedRestore(folder: CliFolder): Promise<boolean> {
  const child = spawn(process.execPath, [cliPath, 'restore', 'HEAD', '--exact', '--yes'], {
    cwd: folder.dir,
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  while (child.exitCode === null) {
    if (journals(folder).length > 0 && hasBegun(folder)) {
      child.kill('SIGKILL');
      break;
    }
    await sleep(1);
  }
  await ended;
  return journals(folder).length > 0;
}

/** A folder whose restore was killed in the middle. */
async function halfWay(): Promise<{
  folder: CliFolder;
  changed: Record<string, string>;
  restored: Record<string, string>;
}> {
  for (let attempt = 1; ; attempt++) {
    const folder = cliFolder(files('old'));
    await folder.ok('take', '-m', 'old');
    const restored = readTree(folder.dir);
    fileTree(folder.dir, { ...files('changed'), 'extra.txt': 'extra' });
    const changed = readTree(folder.dir);
    if (await killedRestore(folder)) {
      return { folder, changed, restored };
    }
    assert.ok(attempt < 10, 'every restore ended before it could be killed');
  }
}

suite('cli: a restore that was killed', function () {
  this.timeout(180_000);

  test('is told by each command; what would mix with it is refused', async () => {
    const { folder } = await halfWay();
    for (const args of [['list'], ['compare'], ['stats'], ['list', '--json']]) {
      const { stderr } = await folder.run(...args);
      assert.match(stderr, /a restore was interrupted.*recover --finish/, args.join(' '));
    }
    const refused = await folder.run('restore', 'HEAD', '--yes');
    assert.equal(refused.code, 3);
    assert.match(
      refused.stderr,
      /Run "snapdir recover --finish" or "snapdir recover --undo" first/,
    );
    const { pendingRestore } = (await folder.run('list', '--json')).json<{
      pendingRestore: object;
    }>();
    assert.ok(pendingRestore !== null);
  });

  test('recover --undo brings back what was there before', async () => {
    const { folder, changed } = await halfWay();
    const result = await folder.ok('recover', '--undo');
    assert.match(result.stdout, /^(Taken back: |Nothing to do)/);
    assert.deepEqual(readTree(folder.dir), changed);
    assert.equal((await folder.ok('list')).stderr, '');
    await folder.ok('verify', '--full');
  });

  test('recover --finish completes it, and it can still be undone', async () => {
    const { folder, changed, restored } = await halfWay();
    await folder.ok('recover', '--finish', '--json');
    assert.deepEqual(readTree(folder.dir), restored);
    assert.equal((await folder.ok('list')).stderr, '');
    await folder.ok('undo', '--yes');
    assert.deepEqual(readTree(folder.dir), changed);
  });
});
