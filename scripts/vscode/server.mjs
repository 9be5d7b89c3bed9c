// Starts a VS Code server: the real workbench and extension host, shown in any browser.
import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fetchVSCode } from './fetch.mjs';
import { startGuarded } from './processes.mjs';
import { Stop } from './say.mjs';

/** Settings for a quiet VS Code: no network look-ups, no welcome pages, no hints over the work. */
const QUIET = {
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.autofetch': false,
  'git.openRepositoryInParentFolders': 'never',
  'json.schemaDownload.enable': false,
  'npm.fetchOnlinePackageInfo': false,
  // Only with both VS Code does not look for ports, which reads all of /proc every two seconds in the extension host.
  'remote.autoForwardPorts': false,
  'remote.autoForwardPortsSource': 'output',
  'telemetry.telemetryLevel': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
  'update.showReleaseNotes': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/**
 * Starts a server and waits until it answers. `extensions` are installed as they are on disk, so the
 * window is what people see. `testDriver` makes VS Code honour `extensionDevelopmentPath` and
 * `extensionTestsPath`, but newer versions then show no notifications: only for tests that run
 * inside the extension host. Workspace trust is off (everything is trusted) unless
 * `workspaceTrust` is true; a folder then opens in Restricted Mode.
 * @param {{ version?: string, port?: number, extensions?: string[], testDriver?: boolean, settings?: object, machineSettings?: object,
 *   workspaceTrust?: boolean, env?: NodeJS.ProcessEnv, onOutput?: (text: string) => void }} options
 */
export async function startServer(options = {}) {
  const { version = 'newest', port = 0, workspaceTrust = false, env = process.env } = options;
  const code = await fetchVSCode(version);
  if (port) await assertFree(port);
  const dataDir = realpathSync(mkdtempSync(join(tmpdir(), 'snapdir-vscode-')));
  const token = randomBytes(16).toString('hex');
  writeData(dataDir, token, options);
  for (const path of options.extensions ?? []) installExtension(dataDir, path);
  const args = [
    ...[code.server, '--host', '127.0.0.1', '--port', String(port), '--server-data-dir', dataDir],
    ...['--connection-token-file', join(dataDir, 'token'), '--accept-server-license-terms'],
    ...['--telemetry-level', 'off', '--locale', 'en', '--disable-getting-started-override'],
    ...(options.testDriver ? ['--enable-smoke-test-driver'] : []),
    ...(workspaceTrust ? [] : ['--disable-workspace-trust']),
  ];
  // An empty gallery: no look-ups in an extension market, which tests must not depend on.
  const serverEnv = { EXTENSIONS_GALLERY: '{}', ...env };
  const running = startGuarded(code.node, args, { env: serverEnv, ownedFolder: dataDir });
  const stop = async () => {
    await running.stop();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const actualPort = await listening(running, options.onOutput);
    return {
      ...{ version, vscode: code.vscode, port: actualPort, dataDir, stop },
      exited: running.exited,
      url: (open) => urlFor(actualPort, token, open),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function writeData(
  dataDir,
  token,
  { settings = {}, machineSettings = {}, workspaceTrust = false },
) {
  const trust = workspaceTrust
    ? { 'security.workspace.trust.startupPrompt': 'never' }
    : { 'security.workspace.trust.enabled': false };
  const write = (folder, content) => {
    mkdirSync(join(dataDir, 'data', folder), { recursive: true });
    writeFileSync(join(dataDir, 'data', folder, 'settings.json'), JSON.stringify(content, null, 2));
  };
  write('Machine', { ...trust, ...machineSettings });
  write('User', { ...QUIET, ...trust, ...settings });
  writeFileSync(join(dataDir, 'token'), token, { mode: 0o600 });
}

/** A link, not a copy: a rebuilt extension is there after "Reload Window". */
function installExtension(dataDir, path) {
  const { publisher, name, version } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const folder = join(dataDir, 'extensions');
  mkdirSync(folder, { recursive: true });
  symlinkSync(resolve(path), join(folder, `${publisher}.${name}-${version}`), 'junction');
}

async function assertFree(port) {
  const probe = createServer();
  await new Promise((resolveProbe, reject) => {
    probe.once('error', reject);
    probe.listen(port, '127.0.0.1', resolveProbe);
  }).catch((error) => {
    if (error.code === 'EADDRINUSE')
      throw new Stop(`Port ${port} is taken: choose another one with --port N.`);
    if (error.code === 'EACCES')
      throw new Stop(`Port ${port} needs more rights: choose one above 1023 with --port N.`);
    throw error;
  });
  await new Promise((closed) => probe.close(closed));
}

/** Resolves with the port once the server says that it listens. */
function listening({ child, exited }, onOutput = () => {}) {
  return new Promise((resolvePort, reject) => {
    let seen = '';
    const fail = (why) => reject(new Stop(`VS Code did not start: ${why}\n${seen.slice(-2000)}`));
    const timer = setTimeout(() => fail('no answer within 60 seconds.'), 60_000);
    const read = (data) => {
      onOutput(String(data));
      if (seen.length < 100_000) seen += data;
      const match = /Extension host agent listening on (\d+)/.exec(seen);
      if (match) {
        clearTimeout(timer);
        resolvePort(Number(match[1]));
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void exited.then((code) => {
      clearTimeout(timer);
      fail(`it ended with code ${code}.`);
    });
  });
}

/**
 * The address that opens a folder or a .code-workspace file, with an extension under development.
 * @param {number} port
 * @param {string} token
 * @param {{ folder?: string, workspace?: string, extensionDevelopmentPath?: string | string[],
 *   extensionTestsPath?: string }} open
 */
function urlFor(port, token, open = {}) {
  const remote = (path) => `vscode-remote://127.0.0.1:${port}${asUriPath(path)}`;
  const query = new URLSearchParams({ tkn: token });
  const payload = [open.extensionDevelopmentPath ?? []]
    .flat(2)
    .map((path) => ['extensionDevelopmentPath', remote(path)]);
  if (open.extensionTestsPath) {
    payload.push(['extensionTestsPath', remote(open.extensionTestsPath)]);
  }
  if (payload.length > 0) query.set('payload', JSON.stringify(payload));
  if (open.workspace) query.set('workspace', asUriPath(open.workspace));
  else if (open.folder)
    query.set('folder', isUri(open.folder) ? open.folder : asUriPath(open.folder));
  else query.set('ew', 'true');
  return `http://127.0.0.1:${port}/?${query}`;
}

/** Whether this is a folder of a file system of VS Code's or an extension's, and no path. */
const isUri = (folder) => /^[a-z][a-z-]+:/.test(folder);

function asUriPath(path) {
  const slashes = resolve(path).replaceAll('\\', '/');
  return slashes.startsWith('/') ? slashes : `/${slashes}`;
}
