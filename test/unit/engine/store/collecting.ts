import type { GcResult } from '../../../../src/core/engine';
import { deleteCheckpoints } from '../../../../src/engine/methods/edit';
import { collectGarbage } from '../../../../src/engine/store/collectGarbage';
import { take } from '../../../../src/engine/worktree/take';
import type { MemoryFs } from '../../../crash/memoryFs';
import { rules, startProcess } from '../../../crash/processes';
import { quietControl } from '../../../support/directEngine';

/** What the tests of garbage collection do, each step in a process of its own. */
export const DAY_NS = 24n * 3_600_000_000_000n;

export function inProcess<T>(
  fs: MemoryFs,
  work: (process: ReturnType<typeof startProcess>) => T,
): T {
  const process = startProcess(fs);
  try {
    return work(process);
  } finally {
    process.end();
  }
}

export function snapshot(fs: MemoryFs): string {
  return inProcess(fs, ({ env, open }) => {
    return take(env, open(), { trigger: 'manual', rules }, quietControl).checkpoint.id;
  });
}

export function collect(
  fs: MemoryFs,
  params: { dryRun?: boolean; graceMs?: number; force?: boolean } = {},
): GcResult {
  return inProcess(fs, ({ env, open }) =>
    collectGarbage(env, open(), { dryRun: false, ...params }, quietControl),
  );
}

export function remove(fs: MemoryFs, id: string): void {
  inProcess(fs, ({ env, open }) => deleteCheckpoints(env, open(), { revs: [id] }));
}
