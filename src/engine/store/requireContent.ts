import { SnapdirError } from '../../core/errors';
import type { LoggedTake } from '../../core/history/log';
import { visitFiles } from '../../core/manifest/addresses';
import type { LineScanner } from '../../core/manifest/scan';
import type { Control, EngineEnv } from '../context';
import { readCanonical } from './canonical';
import { DigestTable } from './digestTable';
import { statObject } from './objects';
import type { Store } from './storeRoot';
import { rescueObject } from './trash';

/**
 * Sees to it that everything that checkpoints need is in its place, out of the trash where it has to be
 * (H50). Call it with the lease, so that no garbage collection runs.
 * @throws MANIFEST_NOT_FOUND, OBJECT_NOT_FOUND, INTEGRITY, PARSE, UNSAFE_PATH, DISK_FULL, IO, AbortError
 */
export function requireContent(
  env: EngineEnv,
  store: Store,
  takes: readonly LoggedTake[],
  control: Control,
): void {
  const known = new DigestTable();
  const snapshots = [...new Set(takes.map(({ snapshot }) => snapshot))];
  for (const [index, snapshot] of snapshots.entries()) {
    control.progress({ phase: 'check', done: index, total: snapshots.length });
    const bytes = readCanonical(env, store, snapshot, control);
    const before = { length: known.length };
    const need = (line: LineScanner): void => {
      const row = known.addBytes(line.bytes, line.checksumAt);
      if (row === before.length) {
        before.length++;
        requireObject(env, store, known.hex(row), line.size);
      }
    };
    visitFiles(bytes, need, control.signal);
  }
}

function requireObject(env: EngineEnv, store: Store, checksum: string, size: number): void {
  if (statObject(env, store, checksum) === undefined) {
    rescueObject(env, store, checksum);
  }
  if (statObject(env, store, checksum)?.size !== size) {
    throw new SnapdirError('OBJECT_NOT_FOUND', { checksum });
  }
}
