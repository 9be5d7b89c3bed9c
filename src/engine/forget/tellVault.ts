import { ensureDir, join } from '../disk/durable';
import { io } from '../disk/fsErrors';
import { keepReplaced } from '../home/vault';
import { keepFile } from '../home/vaultFiles';
import { recordFileName } from '../../core/recordFormat';
import { loadHistory } from '../store/records';
import type { Work } from './manifests';

/**
 * Before the vault loses anything it has what takes its place, and the records that say so: what comes back from there
 * is as it is here.
 * @param old the snapshots that are about to go
 * @throws DISK_FULL, READ_ONLY, IO
 */
export function tellVault({ env, store, vault }: Work, old: readonly string[]): void {
  const { records } = loadHistory(env, store).history.forgetting;
  const concerned = new Set(old);
  if (vault === undefined || concerned.size === 0) {
    return;
  }
  const changed = new Set<string>();
  io('copy to the vault', vault.path, () => {
    ensureDir(env.fs, vault.tmp, 0o700);
    for (const { id, time, ...record } of records) {
      if (!Object.keys(record.replaced).some((one) => concerned.has(one))) {
        continue;
      }
      keepReplaced(env, { store, vault, changed }, { ...record, time });
      const name = recordFileName(time, id);
      if (env.fs.lstat(join(vault.records, name)) === undefined) {
        changed.forEach((dir) => env.fs.fsyncDir(dir));
        keepFile(env, vault, join(store.records, name), join(vault.records, name));
      }
    }
    changed.add(vault.records);
    changed.forEach((dir) => env.fs.fsyncDir(dir));
  });
}
