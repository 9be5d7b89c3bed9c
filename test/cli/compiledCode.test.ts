// What the command compiled is kept for the next process, where nobody but the user can write.
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { version } from '../../package.json';
import { runCliOk } from '../support/cli';
import { fileTree } from '../support/fileTree';
import { repositoryRoot } from '../support/paths';
import { tempDir } from '../support/tempDir';

const keepsCode = (nodeModule as { enableCompileCache?: unknown }).enableCompileCache !== undefined;

/** The Node that runs the tests where it can keep code, else VS Code's. */
async function nodeThatKeepsCode(): Promise<string> {
  if (keepsCode) {
    return process.execPath;
  }
  const url = pathToFileURL(join(repositoryRoot, 'scripts', 'vscode', 'fetch.mjs')).href;
  const fetching = (await import(url)) as {
    fetchVSCode(version: string): Promise<{ node: string }>;
  };
  return (await fetching.fetchVSCode('newest')).node;
}

const windows = process.platform === 'win32';

(windows ? suite.skip : suite)('the compiled code of the command', () => {
  let node = '';
  let home = '';
  let dir = '';
  let compiled = '';

  suiteSetup(async function () {
    this.timeout(10 * 60_000);
    node = await nodeThatKeepsCode();
  });

  setup(() => {
    home = join(tempDir(), 'home');
    dir = fileTree(tempDir(), { 'a.txt': 'a\n' });
    compiled = join(home, 'compiled');
  });

  /** Runs the command; returns what Node told of the code that it keeps. */
  async function run(args: string[], more: Record<string, string | undefined> = {}) {
    const env = {
      ...{ SNAPDIR_HOME: home, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' },
      ...{ NODE_COMPILE_CACHE: undefined, NODE_DISABLE_COMPILE_CACHE: undefined, ...more },
    };
    const { stderr } = await runCliOk(args, { cwd: dir, node, env });
    return {
      /** The bundles that need not be compiled. */
      used: [...stderr.matchAll(/for CommonJS \S*?(\w+)\.cjs was accepted/g)].map(
        ([, name]) => name,
      ),
      kept: existsSync(compiled) ? readdirSync(compiled, { recursive: true }).length : 0,
    };
  }

  test('lies in the own folder of the user, and the next process and its threads use it', async () => {
    await run(['take']);
    assert.deepEqual((await run(['take'])).used, [], 'the first take made the folder');
    assert.deepEqual((await run(['take'])).used, ['command', 'engine']);
    for (const folder of [compiled, join(compiled, version)]) {
      assert.equal(statSync(folder).mode & 0o777, 0o700, folder);
    }
    const { used } = await run(['list']);
    assert.deepEqual([...new Set(used)].sort(), ['command', 'engine']);
  });

  test('is kept nowhere while the user has no folder', async () => {
    writeFileSync(home, 'no folder');
    assert.equal((await run(['take'])).kept, 0);
    assert.equal((await run(['list'], { SNAPDIR_HOME: 'not/absolute' })).kept, 0);
    assert.ok(!existsSync(join(dir, 'not')));
  });

  test('is not kept, and none is used, where others can write', async () => {
    await run(['take']);
    chmodSync(home, 0o777);
    assert.equal((await run(['take'])).kept, 0);
    chmodSync(home, 0o700);
    await run(['take']);
    for (const open of [home, compiled, join(compiled, version)]) {
      chmodSync(open, 0o770);
      assert.deepEqual((await run(['take'])).used, [], open);
      chmodSync(open, 0o700);
    }
    // Who may rename what is in a folder may put another one in its place, but for a sticky one.
    chmodSync(dirname(home), 0o777);
    assert.deepEqual((await run(['take'])).used, []);
    chmodSync(dirname(home), 0o1777);
    assert.deepEqual((await run(['take'])).used, ['command', 'engine']);
  });

  test('is not kept behind a link, which may lead to where others can write', async () => {
    await run(['take']);
    const elsewhere = tempDir();
    symlinkSync(elsewhere, compiled);
    await run(['take']);
    assert.deepEqual(readdirSync(elsewhere), []);
  });

  test('of a version that nobody runs any more goes', async () => {
    await run(['take']);
    for (const [name, days] of [
      ['0.0.1', 31],
      ['0.0.2', 29],
    ] as const) {
      mkdirSync(join(compiled, name, 'v1'), { recursive: true, mode: 0o700 });
      const time = Date.now() / 1000 - days * 24 * 60 * 60;
      utimesSync(join(compiled, name), time, time);
    }
    chmodSync(compiled, 0o700);
    await run(['take']);
    assert.deepEqual(readdirSync(compiled).sort(), ['0.0.2', version]);
  });

  test('is not kept by a Node that cannot', async () => {
    const own = { cwd: dir, env: { SNAPDIR_HOME: home } };
    for (let time = 0; time < 3; time++) {
      await runCliOk(['take'], own);
    }
    assert.equal(existsSync(compiled), keepsCode);
  });

  test('is loaded without the modules of Node that a take does not need', async () => {
    await run(['take']);
    const loaded = join(tempDir(), 'loaded');
    const hook = join(tempDir(), 'hook.cjs');
    writeFileSync(
      hook,
      `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(loaded)}, JSON.stringify(process.moduleLoadList)));`,
    );
    await run(['take'], { NODE_OPTIONS: `--require=${hook}` });
    const list = JSON.parse(readFileSync(loaded, 'utf8')) as string[];
    const seldom = ['https', 'http', 'tls', 'zlib', 'readline', 'child_process'];
    assert.deepEqual(
      seldom.filter((name) => list.includes(`NativeModule ${name}`)),
      [],
    );
  });
});
