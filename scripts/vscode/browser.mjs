// Finds a Chromium to show VS Code in; on a Debian machine that lacks one it installs it.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Stop, say } from './say.mjs';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'msedge',
  'microsoft-edge',
];

const USUAL_PLACES = {
  linux: ['/snap/bin/chromium', '/opt/google/chrome/chrome', '/opt/microsoft/msedge/msedge'],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'Google\\Chrome\\Application\\chrome.exe',
    'Microsoft\\Edge\\Application\\msedge.exe',
  ].flatMap((path) =>
    ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']
      .filter((name) => process.env[name])
      .map((name) => join(process.env[name], path)),
  ),
};

// VS Code needs no outside network here; the flags keep Chromium from looking for one.
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage'],
];

/** The path of an installed Chromium, Chrome or Edge; undefined where there is none. */
export function findBrowser() {
  const named = process.env.CHROMIUM_PATH || process.env.CHROME;
  if (named) {
    if (existsSync(named)) return named;
    throw new Stop(
      `CHROMIUM_PATH or CHROME names ${named}, which does not exist: correct or unset it.`,
    );
  }
  const ending = process.platform === 'win32' ? '.exe' : '';
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .flatMap((dir) => NAMES.map((name) => join(dir, name + ending)));
  return [...onPath, ...(USUAL_PLACES[process.platform] ?? [])].find(isProgram);
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The path of a browser, after installing one where this machine allows it. */
export function ensureBrowser() {
  return findBrowser() ?? installOnDebian() ?? missing();
}

function installOnDebian() {
  if (process.platform !== 'linux' || !existsSync('/etc/debian_version')) return undefined;
  const root = process.getuid() === 0;
  if (!root && spawnSync('sudo', ['-n', 'true']).status !== 0) return undefined;
  say('No Chromium found; installing the package "chromium" to show VS Code in (apt-get, once)');
  const prefix = root ? [] : ['sudo', '-n'];
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium'],
  ]) {
    const [command, ...rest] = [
      ...prefix,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      ...args,
    ];
    const done = spawnSync(command, rest, { encoding: 'utf8' });
    if (done.status !== 0) {
      const reason = (done.stderr || String(done.error ?? 'no reason given'))
        .trim()
        .split('\n')
        .at(-1);
      throw new Stop(
        `Could not install chromium (${reason}): install Chromium or Chrome yourself and run this again.`,
      );
    }
  }
  return findBrowser();
}

function missing() {
  throw new Stop(
    'No Chromium, Chrome or Edge was found: install one, or name it in the environment variable CHROMIUM_PATH.',
  );
}

/**
 * Starts a headless browser through playwright-core, which is loaded only here, so that a fresh
 * clone can run the scripts before it has any dependency.
 * @returns {Promise<import('playwright-core').Browser>}
 */
export async function launchBrowser() {
  const executablePath = ensureBrowser();
  const { chromium } = await import('playwright-core');
  // Signals are the caller's business: it closes the browser and the server in the right order.
  const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  return chromium.launch({ executablePath, headless: true, args: FLAGS, ...signals });
}
