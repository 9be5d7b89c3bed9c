import type {
  CallContext,
  EngineMethods,
  GcResult,
  RecoveredStore,
  RepairResult,
  VerifyResult,
} from '../core/engine';
import type { Repository } from './repository';

/** Checks the store: structure and sizes, or (full) every byte. Lists then show what is damaged. */
export async function verifyStore(
  repository: Repository,
  full: boolean,
  context?: CallContext,
): Promise<VerifyResult> {
  const result = await repository.engine.verify({ full }, context);
  repository.didChange({ kind: 'edited' });
  return result;
}

/** Mends what is damaged, out of the folder, the trash, the vault and `from` (absolute paths of stores or folders). */
export async function repairStore(
  repository: Repository,
  options: { full: boolean; from?: string[] },
  context?: CallContext,
): Promise<RepairResult> {
  const { rules } = repository.settings;
  const result = await repository.engine.repair({ ...options, rules }, context);
  repository.didChange({ kind: 'edited' });
  return result;
}

/** Makes a store that came with the folder this user's. */
export async function adoptStore(
  repository: Repository,
): Promise<EngineMethods['adopt']['result']> {
  const result = await repository.engine.adopt({});
  repository.didChange({ kind: 'edited' });
  return result;
}

/** Brings a store that is gone, or what it lost, back out of the vault. */
export async function recoverStore(
  repository: Repository,
  context?: CallContext,
): Promise<RecoveredStore> {
  const result = await repository.engine.recoverStore({}, context);
  repository.didChange({ kind: 'edited' });
  return result;
}

/** How long one stretch of upkeep may hold the thread that others wait for, in milliseconds. */
const STRETCH_MS = 100;

/**
 * Copies into the vault what it has not got, in short stretches.
 * @param options.all look also whether the content of snapshots that it has is there
 * @param options.pause called between two stretches
 */
export async function keepVault(
  repository: Repository,
  options: { all: boolean; pause?: () => Promise<void> },
  context?: CallContext,
): Promise<{ records: number; objects: number; copiedBytes: number }> {
  const sum = { records: 0, objects: 0, copiedBytes: 0 };
  for (;;) {
    const slice = await repository.engine.keepVault({ ms: STRETCH_MS, all: options.all }, context);
    sum.records += slice.records;
    sum.objects += slice.objects;
    sum.copiedBytes += slice.copiedBytes;
    if (slice.done) {
      return sum;
    }
    await options.pause?.();
  }
}

/** Sets aside content that nothing references; a later run deletes it. */
export async function collectGarbage(
  repository: Repository,
  options: { dryRun: boolean; graceMs?: number; force?: boolean },
  context?: CallContext,
): Promise<GcResult> {
  const result = await repository.engine.collectGarbage(options, context);
  if (!result.dryRun) {
    repository.didChange({ kind: 'edited' });
  }
  return result;
}
