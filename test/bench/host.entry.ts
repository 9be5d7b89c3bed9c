// Runs inside the extension host of a real VS Code, for `npm run bench`: how long the editor is kept
// waiting. Writes its figures as JSON to the file that SNAPDIR_BENCH_RESULT names.
import { closeSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Engine } from '../../src/core/engine';
import type { SnapdirApi } from '../../src/ui/api';

const TICK_MS = 1;

const numbers = Buffer.alloc(128);

/** Opens the count of the time that this thread, ready to run, has waited for a core; undefined where nobody counts. */
function openWaiting(): number | undefined {
  try {
    return openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
  } catch {
    return undefined;
  }
}

/** That time in milliseconds. Makes no text: a look every millisecond must not fill the memory. */
function waitedForCore(counter: number | undefined): number {
  if (counter === undefined) {
    return 0;
  }
  const length = readSync(counter, numbers, 0, numbers.length, 0);
  let nanoseconds = 0;
  for (let at = numbers.indexOf(0x20) + 1; at < length && numbers[at] !== 0x20; at++) {
    nanoseconds = 10 * nanoseconds + numbers[at]! - 0x30;
  }
  return nanoseconds / 1e6;
}

/**
 * The longest time during `work` in which the event loop could do nothing else, in milliseconds; and the longest
 * without the time in which all cores were taken by others.
 */
async function longestBlock(
  work: () => Promise<unknown>,
): Promise<{ ms: number; block: number; own: number }> {
  let [block, own] = [0, 0];
  const counter = openWaiting();
  let [last, waited] = [performance.now(), waitedForCore(counter)];
  const start = last;
  const note = (): void => {
    const [now, core] = [performance.now(), waitedForCore(counter)];
    const gap = now - last - TICK_MS;
    block = Math.max(block, gap);
    own = Math.max(own, gap - (core - waited));
    [last, waited] = [now, core];
  };
  const timer = setInterval(note, TICK_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  note();
  if (counter !== undefined) {
    closeSync(counter);
  }
  return { ms: last - start, block, own };
}

const rules = { useIgnoreFiles: false, patterns: [], noIgnore: true };

async function measureWork(engine: Engine, root: string): Promise<Record<string, unknown>> {
  // As long as the work takes, so that both meet as much of what else goes on.
  const idle = await longestBlock(() => sleep(10_000));
  const take = await longestBlock(() => engine.take({ trigger: 'manual', rules }));
  const unchanged = await longestBlock(() => engine.take({ trigger: 'manual', rules }));
  rmSync(join(root, 'node_modules'), { recursive: true, force: true });
  // Deleting so much makes the watchers busy for a while; that is not the restore.
  await sleep(5000);
  const restore = await longestBlock(() => engine.restore({ rev: 'HEAD', exact: false, rules }));
  return { idle, take, unchanged, restore };
}

async function measureTimeline(api: SnapdirApi): Promise<Record<string, unknown>> {
  const { views, repositories } = api.test!;
  const start = performance.now();
  await vscode.commands.executeCommand('snapdir.timeline.focus');
  const days = await views.timelineTree.getChildren();
  const rows = await views.timelineTree.getChildren(days[0]);
  days.map((day) => views.timelineTree.getTreeItem(day));
  rows.map((row) => views.timelineTree.getTreeItem(row));
  const ms = performance.now() - start;
  const total = repositories.timelines[0]?.current?.total ?? 0;
  return { timeline: { ms, total, rows: rows.length } };
}

/** How long it takes to load the bundle. */
function loadTime(extensionPath: string): number {
  const bundle = join(extensionPath, 'dist', 'extension.cjs');
  delete require.cache[bundle];
  const start = performance.now();
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- as the extension host loads it
  require(bundle);
  return performance.now() - start;
}

/** What VS Code calls. */
export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension<SnapdirApi>('snapdir.snapdir')!;
  // VS Code's own start is not what is measured here: let it come to an end first.
  await sleep(8000);
  const api = await extension.activate();
  const activation = loadTime(extension.extensionPath) + api.test!.activationTime;
  const root = vscode.workspace.workspaceFolders![0]!.uri.fsPath;
  const engine = api.test!.repositories.all[0]!.engine;
  const figures =
    process.env['SNAPDIR_BENCH_WHAT'] === 'timeline'
      ? await measureTimeline(api)
      : await measureWork(engine, root);
  const result = { activation, ...figures };
  writeFileSync(process.env['SNAPDIR_BENCH_RESULT']!, JSON.stringify(result));
}
