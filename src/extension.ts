import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { systemClock } from './base/clock';
import type { HashBytes } from './core/hasher';
import { secretName, type Remote, type StoredKeys } from './core/remote';
import { authorName } from './engine/home/author';
import { userHome } from './engine/home/userHome';
import { createEngine } from './engine/worker/engineClient';
import type * as HashBundle from './engine/hashing/blake3';
import { loadBundle } from './stores/bundle/loadBundle';
import { ConditionMemory } from './stores/conditionMemory';
import { GitStore } from './stores/git/gitStore';
import { awsFiles, readProfiles } from './stores/s3/awsProfiles';
import type { S3Sdk } from './stores/s3/loadSdk';
import { StoreThread } from './stores/thread/storeThread';
import { threadedOpener } from './stores/thread/threadedOpener';
import { DEFAULT_TRANSFER } from './stores/transfer';
import type { SnapdirApi } from './ui/api';
import { channelLogger } from './ui/logging';
import type { RemotePorts } from './ui/remotes/remotePorts';
import { SecretKeys } from './ui/remotes/secretKeys';
import { startUi, type RunningUi } from './ui/startUi';
import { transferLimit } from './ui/state/settings';

let running: RunningUi | undefined;

/** Wires the extension together. Engines start their workers when they are first asked something. */
export function activate(context: vscode.ExtensionContext): SnapdirApi {
  const channel = vscode.window.createOutputChannel('Snapdir', { log: true });
  context.subscriptions.push(channel);
  const log = channelLogger(channel);
  const home = userHome(process.env, process.platform);
  const own = home === undefined ? {} : { home };
  const dist = join(context.extensionPath, 'dist');
  const workerPath = join(dist, 'engine.cjs');
  const author = authorName(process.env);
  running = startUi({
    createEngine: (location) =>
      createEngine({ location, workerPath, author, log, background: true, ...own }),
    log,
    clock: systemClock,
    showLog: () => channel.show(),
    safePlace: join(context.globalStorageUri.fsPath, 'restored'),
    memory: context.globalState,
    remotes: remotePorts(dist, context.secrets, home),
    isTest: context.extensionMode === vscode.ExtensionMode.Test,
    logFolder: context.logUri.fsPath,
  });
  return running.api;
}

/** Permanent stores. Neither the hash nor the AWS SDK is loaded before one is opened, and then this thread goes on. */
function remotePorts(
  dist: string,
  secrets: vscode.SecretStorage,
  own: string | undefined,
): RemotePorts {
  const load = createRequire(__filename);
  const hash: HashBytes = (bytes) =>
    (load(join(dist, 'hash.cjs')) as typeof HashBundle).blake3(bytes);
  const keys = new SecretKeys(secrets, (remote) => secretName(remote, hash));
  const compiler = join(dist, 'compile.cjs');
  let sdk: Promise<S3Sdk> | undefined;
  const { env } = process;
  const home = homedir();
  const storedKeys = (remote: Remote): Promise<StoredKeys | undefined> => keys.get(remote);
  const thread = new StoreThread({
    path: join(dist, 'store.cjs'),
    start: () => ({ dist, env: { ...env }, home, ...(own === undefined ? {} : { own }) }),
    storedKeys,
  });
  return {
    openStore: threadedOpener(thread, {
      ...{ hash, env, home, storedKeys, clock: systemClock },
      transfer: () => ({ ...DEFAULT_TRANSFER, limitKiBps: transferLimit() }),
      conditions: new ConditionMemory(own, systemClock),
      loadS3: () => (sdk ??= loadBundle(join(dist, 'remote-s3.cjs'), compiler) as Promise<S3Sdk>),
      // The editor has a proxy setting of its own, and sees to it that requests follow it.
      proxyFromEnv: false,
    }),
    openGit: (root) => GitStore.open(root, () => systemClock.now()),
    isGitAvailable: (root) => GitStore.isAvailable(root),
    hasGitPromotions: (root) => GitStore.hasPromotions(root),
    storeVariable: () => env['SNAPDIR_STORE'] || undefined,
    profiles: async () => [...(await readProfiles(awsFiles(env, homedir()))).keys()].sort(),
    keys,
    newNonce: randomUUID,
  };
}

/** VS Code waits for this: work under way ends in good order. */
export async function deactivate(): Promise<void> {
  await running?.close();
  running = undefined;
}
