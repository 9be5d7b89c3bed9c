import type { CallContext, ExportedCheckpoints, ImportedCheckpoints } from '../core/engine';
import {
  hasConflictMarkers,
  inManifest,
  readPromoted,
  type Preferred,
  type PromotedText,
} from '../core/promotion/promotedManifest';
import type { PromotedChoice } from '../core/promotion/promotedChoice';
import type { MergedPromotedFile } from '../core/transferData';
import type { Repository } from './repository';

/** Writes what is known of checkpoints (not their content) into a new file of compressed JSON lines. */
export function exportCheckpoints(
  repository: Repository,
  params: { path: string; revs?: string[] },
  context?: CallContext,
): Promise<ExportedCheckpoints> {
  return repository.engine.exportCheckpoints(params, context);
}

/** Lists exported checkpoints whose content is here, marked as from elsewhere, with their tags, and sets their names. */
export async function importCheckpoints(
  repository: Repository,
  path: string,
  context?: CallContext,
): Promise<ImportedCheckpoints> {
  const result = await repository.engine.importCheckpoints({ path }, context);
  if (result.imported.length + result.tagged + result.named > 0) {
    repository.didChange({ kind: 'external' });
  }
  return result;
}

/**
 * Settles the conflict that Git left in `snapdir.json`, or puts other manifests into it; what is in conflict needs a
 * choice, or `prefer`.
 */
export function mergeManifests(
  repository: Repository,
  prefer: Preferred,
  of: { files?: string[]; choices?: PromotedChoice[] } = {},
): Promise<MergedPromotedFile> {
  return repository.engine.mergePromotedFile({ prefer, ...of });
}

/** Reads a promoted manifest, or the sides of Git's conflict in one. `path`, where it lies, is absolute. */
export async function readManifest(
  repository: Repository,
  path: string,
  bytes: Uint8Array,
): Promise<PromotedText> {
  const marked = inManifest(path, () => hasConflictMarkers(bytes));
  const base = marked ? (await repository.engine.unmergedBase({ path })).bytes : null;
  return inManifest(path, () => readPromoted(bytes, () => base ?? undefined));
}
