import { throwIfCancelled } from '../../base/abort';
import { SnapdirError } from '../../core/errors';
import type { Control, EngineEnv } from '../context';
import { blake3 } from '../hashing/blake3';
import { listRestores, readJournal } from '../worktree/restore/journal';
import { walkContents } from './contents';
import { readManifest, readManifestBytes } from './manifests';
import { loadHistory } from './records';
import type { Store } from './storeRoot';
import { rescue } from './trash';

/** What must stay. Grows by {@link Marks.refresh}; nothing is ever unmarked. */
export class Marks {
  readonly objects = new Set<string>();
  readonly manifests = new Set<string>();
  private readonly env: EngineEnv;
  private readonly store: Store;

  constructor(env: EngineEnv, store: Store) {
    this.env = env;
    this.store = store;
  }

  /**
   * Marks everything that is needed now: by checkpoints that are not deleted, by restores under way, and
   * by manifests that no record speaks of, which somebody else put there (snapdir's own command does).
   * @throws MANIFEST_NOT_FOUND, INTEGRITY, PARSE when it cannot be known what a checkpoint needs; AbortError
   */
  refresh(control: Control): void {
    const { history } = loadHistory(this.env, this.store);
    const mentioned = new Set<string>();
    for (const record of history.records) {
      if (record.kind === 'take') {
        mentioned.add(record.snapshot);
      }
    }
    const living = history.checkpointsNewestFirst();
    for (const [index, { snapshot }] of living.entries()) {
      this.mark(snapshot, control);
      control.progress({ phase: 'mark', done: index + 1, total: living.length });
    }
    this.markJournals(control);
    for (const { hex } of walkContents(this.env, this.store, 'manifests', control)) {
      if (!mentioned.has(hex)) {
        this.markForeign(hex, control);
      }
    }
  }

  private markJournals(control: Control): void {
    for (const id of listRestores(this.env, this.store).open) {
      const journal = readJournal(this.env, this.store, id);
      for (const { before, after } of journal.steps) {
        for (const state of [before, after]) {
          if (state?.kind === 'file') {
            this.objects.add(state.checksum);
          }
        }
      }
      this.mark(journal.safetySnapshot, control);
    }
  }

  /** A foreign manifest that is damaged keeps nobody from cleaning up; it stays where it is. */
  private markForeign(snapshot: string, control: Control): void {
    try {
      this.mark(snapshot, control);
    } catch (error) {
      if (!SnapdirError.is(error)) {
        throw error;
      }
      this.manifests.add(snapshot);
      this.env.log.warn(`manifest ${snapshot}: ${error.message}`);
    }
  }

  private mark(snapshot: string, control: Control): void {
    if (this.manifests.has(snapshot)) {
      return;
    }
    throwIfCancelled(control.signal);
    for (const checksum of checksumsOf(this.env, this.store, snapshot)) {
      this.objects.add(checksum);
    }
    this.manifests.add(snapshot);
  }
}

const FILE_LINE = /^F [0-7]+ ([0-9a-f]{64}) /gm;

/**
 * The checksums of a snapshot's files. The text's hash is its address, so the lines need no second
 * check; a text with another hash (older tools sort in other ways) is read with all checks.
 */
function checksumsOf(env: EngineEnv, store: Store, snapshot: string): Iterable<string> {
  let bytes = readManifestBytes(env, store, snapshot);
  if (bytes === undefined && store.readOnly === null && rescue(env, store, 'manifests', snapshot)) {
    bytes = readManifestBytes(env, store, snapshot);
  }
  if (bytes !== undefined && blake3(bytes) === snapshot) {
    const found: string[] = [];
    // Latin-1 keeps every byte one character: only ASCII fields are looked at.
    for (const match of Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      .toString('latin1')
      .matchAll(FILE_LINE)) {
      found.push(match[1]!);
    }
    return found;
  }
  const { entries } = readManifest(env, store, snapshot);
  return entries.filter(({ type }) => type === 'F').map(({ checksum }) => checksum);
}
