// The packaged extension, installed as people install it, does the main job.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { openSession } from '../../scripts/vscode/session.mjs';
import { projectRoot } from '../harness/session';
import { fileTree } from '../support/fileTree';
import { tempDir } from '../support/tempDir';

interface Fetched {
  node: string;
  server: string;
}

async function load<T>(...path: string[]): Promise<T> {
  return (await import(pathToFileURL(join(projectRoot, 'scripts', ...path)).href)) as T;
}

function packaged(): string {
  const found = readdirSync(projectRoot).filter((name) => /^snapdir-.*\.vsix$/.test(name));
  assert.equal(found.length, 1, 'npm run package made one .vsix');
  return join(projectRoot, found[0]!);
}

suite('the package', () => {
  test('is small', () => {
    assert.ok(statSync(packaged()).size < 1.5 * 1024 * 1024);
  });

  test('installs into a real VS Code and takes a snapshot there', async () => {
    const fetching = await load<{ fetchVSCode(version: string): Promise<Fetched> }>(
      'vscode',
      'fetch.mjs',
    );
    const code = await fetching.fetchVSCode('newest');
    const data = tempDir();
    const folders = ['--server-data-dir', data, '--extensions-dir', join(data, 'extensions')];
    const env = { ...process.env, EXTENSIONS_GALLERY: '{}' };
    const install = ['--install-extension', packaged(), '--accept-server-license-terms'];
    execFileSync(code.node, [code.server, ...folders, ...install], { env, stdio: 'pipe' });
    const [installed] = readdirSync(join(data, 'extensions')).filter((name) =>
      name.startsWith('snapdir.snapdir-'),
    );
    assert.ok(installed, 'the extension is installed');
    const folder = fileTree(tempDir(), { 'a.txt': 'a\n' });
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
    } finally {
      await session.close();
    }
  });
});
