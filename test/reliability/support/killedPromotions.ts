import { join } from 'node:path';
import type { CheckpointInfo } from '../../../src/core/engine';
import type { PermanentStore } from '../../../src/core/permanentStore';
import { quietControl } from '../../../src/engine/context';
import { createMethods } from '../../../src/engine/engine';
import { testEnv } from '../../support/directEngine';
import { fileTree, type TreeSpec } from '../../support/fileTree';
import { runCliOk } from '../../support/cli';
import { lookAtRefs } from '../../support/refsAreWhole';
import { rules } from '../../support/restoreRepo';
import { tempDir } from '../../support/tempDir';
import { copyTree, dropTree } from './copyTree';
import { HOME } from './home';
import { command, killingAt, type Point } from './kills';
import type { Random } from './random';

/** A folder with two snapshots, of which the first may have been promoted; the second one's promotion gets killed. */
export interface Promotable {
  root: string;
  /** The snapshot that the name is going to stand for, and its checkpoint, which nobody but its name keeps. */
  id: string;
  checkpoint: string;
}

const files = (text: string, count: number): TreeSpec =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`d${n % 7}/${n}`, `${text} ${n}`]));

/** Makes the folder. @param url where the first snapshot is promoted to; absent: nowhere */
export async function promotable(url?: string): Promise<Promotable> {
  const root = tempDir();
  const own = { cwd: root, env: { SNAPDIR_HOME: HOME } };
  fileTree(root, { ...files('first', 12), 'large.bin': 'x'.repeat(300_000) });
  await runCliOk(['take'], own);
  if (url !== undefined) {
    await runCliOk(['promote', 'HEAD', 'main', '--to', url], own);
  }
  fileTree(root, { ...files('second', 40), 'large.bin': 'y'.repeat(300_000) });
  const methods = createMethods(testEnv({ home: HOME }), { root });
  const takeByItself = (): CheckpointInfo =>
    methods.take({ trigger: 'auto', message: '', rules }, quietControl).checkpoint;
  const { id: checkpoint, snapshot: id } = takeByItself();
  // HEAD and its parent are never pruned.
  for (const text of ['third', 'fourth']) {
    fileTree(root, { later: text });
    takeByItself();
  }
  return { root, id, checkpoint };
}

/** Whether retention would take it off the list if it kept nothing. */
async function isPrunable(root: string, checkpoint: string): Promise<boolean> {
  const none = ['last', 'hourly', 'daily', 'weekly'].flatMap((keep) => [`--keep-${keep}`, '0']);
  const { stdout } = await command(root, ['prune', '--dry-run', '--json', ...none]);
  const { checkpoints } = JSON.parse(stdout) as { checkpoints: { id: string }[] };
  return checkpoints.some(({ id }) => id === checkpoint);
}

export interface Kill {
  /** Absent: after a while. */
  point?: Point;
  /** How long the command takes when nobody kills it. Milliseconds. */
  took: number;
}

/** Kills one promotion, looks what the store shows, and lets the next one finish it. */
export async function killPromotion(
  of: Promotable,
  store: { url: string; env: Record<string, string>; open(): Promise<PermanentStore> },
  kill: Kill,
  random: Random,
): Promise<{ killed: boolean; broken: string[] }> {
  const root = join(tempDir(), 'copy');
  copyTree(of.root, root);
  const args = ['promote', of.checkpoint, 'main', '--to', store.url];
  const { point, took } = kill;
  const how =
    point === undefined
      ? { killAfterMs: took * (0.2 + 0.8 * random.next()) }
      : { wrap: killingAt(point) };
  const ended = await command(root, args, { ...how, env: store.env });
  const killed = ended.code === null || ended.code === 137;
  const opened = await store.open();
  try {
    const { broken, entries } = await lookAtRefs(opened);
    const isThere = [...entries.values()].some(({ id }) => id === of.id);
    if (isThere && (await isPrunable(root, of.checkpoint))) {
      broken.push('it is promoted, and pruned here all the same');
    }
    if (!killed && ended.code !== 0) {
      broken.push(`exit ${String(ended.code)}: ${ended.stderr}`);
    }
    const again = await command(root, args, { env: store.env });
    if (again.code !== 0) {
      broken.push(`the next promotion: exit ${String(again.code)}: ${again.stderr}`);
    }
    const after = await lookAtRefs(opened);
    const head = after.entries.get(after.heads.get('main') ?? '');
    broken.push(...after.broken);
    if (head?.id !== of.id) {
      broken.push('the next promotion did not finish it');
    }
    return { killed, broken };
  } finally {
    await opened.close();
    dropTree(root);
  }
}
