// `npm start`: shows Snapdir in a real VS Code, on a fresh clone too. See `usage` below.
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeSampleWorkspace } from './sampleWorkspace.mjs';
import { build, ensureInstalled, root } from './testing/prepare.mjs';
import { fetchVSCode } from './vscode/fetch.mjs';
import { startGuarded } from './vscode/processes.mjs';
import { Stop, interrupted, runMain, say } from './vscode/say.mjs';
import { startServer } from './vscode/server.mjs';
import { versionFromEnvironment } from './vscode/versions.mjs';

const usage = `npm start -- [FOLDER | FILE.code-workspace] [--port N] [--no-open] [--fresh]

Builds Snapdir, gets a VS Code (once), opens the folder in it and prints the address. Without a
folder it opens a sample project that has a history of snapshots.

  --port N    serve on this port (otherwise any free one)
  --no-open   do not open a browser
  --fresh     make the sample project anew

SNAPDIR_VSCODE_VERSION=lowest  the oldest supported VS Code instead of the newest
VSCODE_EXECUTABLE=PATH         an installed desktop VS Code instead of the one in the browser`;

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        port: { type: 'string' },
        'no-open': { type: 'boolean' },
        fresh: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (positionals.length > 1) throw new Stop('Give one folder.');
    const port = values.port === undefined ? 0 : Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65535) {
      throw new Stop(`"${values.port}" is not a port: give a number up to 65535.`);
    }
    return { ...values, port, target: positionals[0] };
  } catch (error) {
    throw error instanceof Stop ? error : new Stop(`${error.message}\n\n${usage}`);
  }
}

/** What to open: the named folder or workspace file, else the sample, made when it is missing. */
function whatToOpen({ target, fresh }) {
  if (target !== undefined) {
    // npm changes to the project's folder; the person named a path from where they were.
    const path = resolve(process.env.INIT_CWD ?? '.', target);
    if (!existsSync(path)) throw new Stop(`There is no ${path}: name an existing folder.`);
    if (statSync(path).isDirectory()) return { folder: path };
    if (path.endsWith('.code-workspace')) return { workspace: path };
    throw new Stop(`${path} is a file: name a folder or a .code-workspace file.`);
  }
  const folder = join(root, '.sample', 'workspace');
  if (fresh || !existsSync(folder)) {
    say('Making a sample project with a few snapshots');
    makeSampleWorkspace(folder, { cli: join(root, 'dist', 'cli.cjs') });
  }
  return { folder };
}

/** Opens the address in the desktop's browser where there is a desktop; never fails. */
function openBrowser(address) {
  const { platform, env } = process;
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return;
  const [command, ...args] =
    platform === 'darwin'
      ? ['open', address]
      : platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', address]
        : ['xdg-open', address];
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}

async function startDesktop(executable, open, signal) {
  if (!existsSync(executable)) {
    throw new Stop(
      `VSCODE_EXECUTABLE names ${executable}, which does not exist: correct or unset it.`,
    );
  }
  say(`Starting ${executable}`);
  const args = [
    `--extensionDevelopmentPath=${root}`,
    '--new-window',
    open.folder ?? open.workspace,
  ];
  const running = startGuarded(executable, args, { showOutput: true });
  await Promise.race([running.exited, signal]);
  await running.stop();
}

async function startInBrowser(open, options, signal) {
  const version = versionFromEnvironment();
  const server = await startServer({ version, port: options.port, extensions: [root] });
  try {
    const address = server.url(open);
    say(`Snapdir runs in VS Code ${server.vscode}. Its address (Ctrl+C here stops it):`);
    process.stdout.write(`\n    ${address}\n\n`);
    if (!options['no-open']) openBrowser(address);
    const ended = server.exited.then(() => undefined);
    if ((await Promise.race([ended, signal])) === undefined) {
      throw new Stop('VS Code has ended by itself: run npm start again.');
    }
    say('Stopping');
  } finally {
    await server.stop();
  }
}

async function prepare(options) {
  await ensureInstalled();
  build();
  const open = whatToOpen(options);
  if (!process.env.VSCODE_EXECUTABLE) await fetchVSCode(versionFromEnvironment());
  return { open };
}

await runMain(async () => {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const signal = interrupted().then(() => ({ interrupted: true }));
  const { open } = await Promise.race([prepare(options), signal]);
  if (!open) return;
  const desktop = process.env.VSCODE_EXECUTABLE;
  if (desktop) await startDesktop(desktop, open, signal);
  else await startInBrowser(open, options, signal);
});
process.exit();
