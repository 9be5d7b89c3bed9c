import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quietControl } from '../../../src/engine/context';
import { thisHost } from '../../../src/engine/disk/leaseHost';
import type { MethodTable } from '../../../src/engine/engine';
import { directEngine, everything } from '../../support/directEngine';
import { FaultFs } from './faultFs';
import { dropLease, freshCopy, killables, type Killable } from './killable';

/** One operation of the engine, and the folder that it starts from. */
export interface Deed extends Killable {
  run(engine: MethodTable): unknown;
}

const NOTHING = { last: 0, hourly: 0, daily: 0, weekly: 0 };

const RUNS: Record<string, (id: string) => Deed['run']> = {
  take: () => (engine) => engine.take({ trigger: 'manual', rules: everything }, quietControl),
  restore: (rev) => (engine) =>
    engine.restore({ rev, exact: true, rules: everything }, quietControl),
  redo: () => (engine) => engine.undo({ what: 'redo', rules: everything }, quietControl),
  delete: (rev) => (engine) => engine.delete({ revs: [rev] }, quietControl),
  prune: () => (engine) => engine.prune({ dryRun: false, keep: NOTHING }, quietControl),
  repair: () => (engine) => engine.repair({ full: true, rules: everything }, quietControl),
  undo: () => (engine) => engine.undo({ what: 'undo', rules: everything }, quietControl),
  gc: () => (engine) => engine.collectGarbage({ dryRun: false, graceMs: 0 }, quietControl),
  tag: (rev) => (engine) => engine.tag({ rev, add: ['label'] }, quietControl),
  promote: (rev) => (engine) => engine.setRef({ name: 'name', rev }, quietControl),
  forget: (path) => (engine) => engine.forget({ paths: [path], dryRun: false }, quietControl),
  rename: (rev) => (engine) => engine.rename({ rev, message: 'another' }, quietControl),
};

/** What the engine does, each as one operation on a folder of its own. */
export function deeds(place: string): Deed[] {
  const all = killables();
  const plain = all.map(deedOf);
  const take = plain.find(({ name }) => name === 'take')!;
  const auto: Deed['run'] = (engine) =>
    engine.take({ trigger: 'auto', rules: everything }, quietControl);
  return [
    ...plain,
    { ...take, name: 'automatic take', run: auto },
    { ...take, name: 'take after a kill', template: marked(take, place) },
    ...recoveries(place, all),
  ];
}

/** A restore that ended half-way is finished or undone. */
export function recoveries(place: string, of: readonly Killable[]): Deed[] {
  const restore = deedOf(of.find(({ name }) => name === 'restore')!);
  const template = interrupted(restore, place);
  return (['finish', 'undo'] as const).map((action) => ({
    ...restore,
    name: `recover, ${action}`,
    args: ['recover', `--${action}`],
    template,
    end: restore.folder.at(action === 'undo' ? 0 : -1)!,
    run: (engine) => engine.recoverRestore({ action, rules: everything }, quietControl),
  }));
}

const deedOf = (one: Killable): Deed => ({
  ...one,
  run: RUNS[one.args[0]!]!(one.args[1] ?? ''),
});

/** A folder whose restore ended in the middle. */
function interrupted(restore: Deed, place: string): string {
  const healthy = new FaultFs();
  restore.run(directEngine(freshCopy(restore, place, 1e6).root, { fs: healthy.fs }));
  const renames = healthy.calls.flatMap((call, n) => (call === 'rename' ? [n + 1] : []));
  // The middle of its renames that put files in place: the last third are records and the like.
  for (let at = renames.length - 1; at >= 0; at--) {
    const { root } = freshCopy(restore, place, 1e6 + 1 + at);
    const broken = new FaultFs({ fault: 'EIO', at: renames[at]!, sticky: true });
    try {
      restore.run(directEngine(root, { fs: broken.fs }));
    } catch {
      dropLease(root);
      const { pendingRestore } = directEngine(root).timeline({}, quietControl);
      if (pendingRestore !== null && at < renames.length * 0.8) {
        return root;
      }
    }
  }
  throw new Error('no restore could be interrupted');
}

/** A folder whose last engine was killed while it was writing: its mark is left. */
function marked(take: Deed, place: string): string {
  const { root } = freshCopy(take, place, 2e6);
  const { host, boot, pidSpace } = thisHost();
  const pid = Number(execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }));
  const marks = join(root, '.snapdir', 'unsynced');
  mkdirSync(marks, { recursive: true });
  const text = JSON.stringify({ host, boot, pidSpace, pid, started: '1' });
  writeFileSync(join(marks, 'a'.repeat(32)), `${text}\n`, { mode: 0o600 });
  // What it wrote last is only half there: a take relies on it, if nobody looks.
  directEngine(root).take({ trigger: 'auto', rules: everything }, quietControl);
  return root;
}
