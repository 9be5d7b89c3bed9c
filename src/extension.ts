import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { systemClock } from './base/clock';
import { userHome } from './engine/home/userHome';
import { createEngine } from './engine/worker/engineClient';
import type { SnapdirApi } from './ui/api';
import { channelLogger } from './ui/logging';
import { startUi, type RunningUi } from './ui/startUi';

let running: RunningUi | undefined;

/** Wires the extension together. Engines start their workers when they are first asked something. */
export function activate(context: vscode.ExtensionContext): SnapdirApi {
  const channel = vscode.window.createOutputChannel('Snapdir', { log: true });
  context.subscriptions.push(channel);
  const log = channelLogger(channel);
  const home = userHome(process.env, process.platform);
  const own = home === undefined ? {} : { home };
  const workerPath = join(context.extensionPath, 'dist', 'engine.cjs');
  running = startUi({
    createEngine: (location) =>
      createEngine({ location, workerPath, author: author(), log, background: true, ...own }),
    log,
    clock: systemClock,
    showLog: () => channel.show(),
    safePlace: join(context.globalStorageUri.fsPath, 'restored'),
    memory: context.globalState,
    isTest: context.extensionMode === vscode.ExtensionMode.Test,
  });
  return running.api;
}

/** VS Code waits for this: work under way ends in good order. */
export async function deactivate(): Promise<void> {
  await running?.close();
  running = undefined;
}

function author(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `unknown@${hostname()}`;
  }
}
