import type { RelPath } from '../../../core/tree';
import type { EngineEnv } from '../../context';
import type { Stat } from '../../disk/fs';
import { FileTable, Flag, rowStat } from '../../hashing/fileTable';
import { isRacy, loadLook, persistLook, saveLook, wasSetBack } from '../../hashing/statCache';
import type { Store } from '../../store/storeRoot';

/** A file that is in place: its stat, and the checksum that its bytes were checked against. */
export interface PlacedFile {
  stat: Stat;
  checksum: string;
}

/** Below this many files, reading them again costs less than noting them. */
const WORTH_NOTING = 32;

/**
 * Tells the stat cache what a restore put in place, so that the next look need not read it all again.
 * Files that are too young to be trusted stay unknown (H16). The look that comes out of it knows files
 * but no folders: names are listed anew.
 * @param startNs the file system's time before the stats were taken
 */
export function primeLook(
  env: EngineEnv,
  store: Store,
  placed: ReadonlyMap<RelPath, PlacedFile>,
  startNs: bigint,
): void {
  const last = loadLook(env, store);
  if (last === undefined || placed.size < WORTH_NOTING || wasSetBack(env, store, startNs)) {
    return;
  }
  const files = new FileTable(last.files.length + placed.size);
  files.epoch = last.files.epoch;
  for (let oldRow = 0; oldRow < last.files.length; oldRow++) {
    const path = last.files.path(oldRow);
    if (!placed.has(path)) {
      const row = files.add(path, rowStat(last.files.columns, oldRow));
      files.adopt(row, last.files, oldRow);
    }
  }
  for (const [path, { stat, checksum }] of placed) {
    const row = files.add(path, stat);
    if (!isRacy(files.columns, row, startNs)) {
      files.setChecksum(row, checksum);
      files.set(row, Flag.STORED);
    }
  }
  const look = { ...last, files, clean: false, snapshot: '' };
  saveLook(store, look, startNs);
  persistLook(env, store, look);
}
