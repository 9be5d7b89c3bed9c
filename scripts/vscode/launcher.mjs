#!/usr/bin/env node
// A VS Code executable for @vscode/test-electron: takes the arguments that `runTests` gives a desktop
// VS Code, runs the tests in a VS Code server shown by a headless browser, and exits with their code.
import { resolve } from 'node:path';
import { format } from 'node:util';
import { launchBrowser } from './browser.mjs';
import { interrupted, runMain, say } from './say.mjs';
import { startServer } from './server.mjs';
import { versionFromEnvironment } from './versions.mjs';

/** Reads what matters of a desktop VS Code's command line; its other switches mean nothing here. */
export function readArguments(args) {
  const open = { extensionDevelopmentPath: [] };
  for (const arg of args) {
    const [, name, value] = /^--([^=]+)=(.*)$/s.exec(arg) ?? [];
    if (name === 'extensionDevelopmentPath') open.extensionDevelopmentPath.push(value);
    else if (name === 'extensionTestsPath') open.extensionTestsPath = value;
    else if (!arg.startsWith('-')) {
      open[arg.endsWith('.code-workspace') ? 'workspace' : 'folder'] = resolve(arg);
    }
  }
  return open;
}

// The workbench's own log arrives on the same channel as what tests print; none of this is about them.
const CHATTER =
  /^(Resolv(ing|ed) connection token|Creating a socket|Updating additional builtin|Ignoring fetching additional|ChatSessionStore|\[(reconnection|Service Worker|AgentHost|AccountPolicyGate))|\/workbench\/workbench\.js:/;

function printConsole(type, args) {
  const values = [args].flat();
  const chatter = typeof values[0] === 'string' && CHATTER.test(values[0]);
  if (chatter && !process.env.SNAPDIR_VSCODE_LOG) return;
  const stream = type === 'error' || type === 'warn' ? process.stderr : process.stdout;
  stream.write(`${format(...values)}\n`);
}

async function main() {
  const open = readArguments(process.argv.slice(2));
  const cleanUps = [];
  const stop = async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  };
  const signal = interrupted().then(() => 1);
  const run = async () => {
    const server = await startServer({ version: versionFromEnvironment(), testDriver: true });
    cleanUps.push(server.stop);
    say(`VS Code ${server.vscode} runs the tests`);
    const browser = await launchBrowser();
    cleanUps.push(() => browser.close());
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
    const finished = new Promise((done) => {
      void page.exposeFunction('codeAutomationLog', printConsole);
      void page.exposeFunction('codeAutomationExit', done);
      page.on('crash', () => done(1));
      browser.on('disconnected', () => done(1));
      void server.exited.then(() => done(1));
    });
    await page.goto(server.url(open));
    return Number(await finished);
  };
  try {
    return await Promise.race([run(), signal]);
  } finally {
    await stop();
  }
}

await runMain(main);
process.exit();
