// The packaged extension, installed as people install it, does the main job.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { openSession } from '../../scripts/vscode/session.mjs';
import { projectRoot } from '../harness/session';
import { fileTree } from '../support/fileTree';
import { isNativeInstalled } from '../support/nativeHash';
import { tempDir } from '../support/tempDir';

interface Fetched {
  node: string;
  server: string;
}

async function load<T>(...path: string[]): Promise<T> {
  return (await import(pathToFileURL(join(projectRoot, 'scripts', ...path)).href)) as T;
}

function packaged(pattern = /^snapdir-\d.*\.vsix$/): string {
  const found = readdirSync(projectRoot).filter((name) => pattern.test(name));
  assert.equal(found.length, 1, 'npm run package made one .vsix');
  return join(projectRoot, found[0]!);
}

/** Installs a package and takes a snapshot there by clicks; `look` is given the folder while VS Code runs. */
async function takesASnapshot(vsix: string, look?: (folder: string) => void): Promise<void> {
  const fetching = await load<{ fetchVSCode(version: string): Promise<Fetched> }>(
    'vscode',
    'fetch.mjs',
  );
  const code = await fetching.fetchVSCode('newest');
  const data = tempDir();
  const folders = ['--server-data-dir', data, '--extensions-dir', join(data, 'extensions')];
  const env = { ...process.env, EXTENSIONS_GALLERY: '{}' };
  const install = ['--install-extension', vsix, '--accept-server-license-terms'];
  execFileSync(code.node, [code.server, ...folders, ...install], { env, stdio: 'pipe' });
  const [installed] = readdirSync(join(data, 'extensions')).filter((name) =>
    name.startsWith('snapdir.snapdir-'),
  );
  assert.ok(installed, 'the extension is installed');
  const folder = fileTree(tempDir(), { 'a.txt': 'a\n' });
  writeFileSync(join(folder, 'large.bin'), Buffer.alloc(100_000, 'large'));
  const sessions = await load<{ openSession: typeof openSession }>('vscode', 'session.mjs');
  const session = await sessions.openSession({
    extensionPath: join(data, 'extensions', installed),
    folder,
    version: 'newest',
  });
  try {
    await session.workbench.clickActivityBar('Snapdir');
    await session.workbench.clickWelcomeButton('Timeline', 'Take Snapshot');
    await session.workbench.view('Timeline').locator('.monaco-list-row').first().waitFor();
    assert.ok(existsSync(join(folder, '.snapdir', 'FORMAT')));
    look?.(join(data, 'extensions', installed));
  } finally {
    await session.close();
  }
}

/** Processes that have a file loaded. Linux only. */
function whoHasLoaded(path: string): string[] {
  return readdirSync('/proc').filter((id) => {
    try {
      return /^\d+$/.test(id) && readFileSync(`/proc/${id}/maps`, 'utf8').includes(path);
    } catch {
      return false; // It ended, or is somebody else's.
    }
  });
}

suite('the package', () => {
  test('is small', () => {
    assert.ok(statSync(packaged()).size < 1.5 * 1024 * 1024);
  });

  test('installs into a real VS Code and takes a snapshot there', async () => {
    await takesASnapshot(packaged(), (extension) => {
      assert.ok(!existsSync(join(extension, 'dist', 'blake3.node')), 'nothing of one platform');
    });
  });

  test('for one platform hashes by native code there', async function () {
    const platform = `${process.platform}-${process.arch}`;
    if (process.platform !== 'linux' || !isNativeInstalled(projectRoot)) {
      this.skip();
    }
    const script = join(projectRoot, 'scripts', 'package.mjs');
    execFileSync(process.execPath, [script, platform], { stdio: 'pipe' });
    const vsix = packaged(new RegExp(`^snapdir-${platform}-.*\\.vsix$`));
    try {
      await takesASnapshot(vsix, (extension) => {
        assert.ok(whoHasLoaded(join(extension, 'dist', 'blake3.node')).length > 0);
      });
    } finally {
      rmSync(vsix);
    }
  });
});
