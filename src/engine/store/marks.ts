import { throwIfCancelled } from '../../base/abort';
import { SnapdirError } from '../../core/errors';
import { visitFiles } from '../../core/manifest/addresses';
import type { SnapshotId } from '../../core/ids';
import type { LineScanner } from '../../core/manifest/scan';
import type { Control, EngineEnv } from '../context';
import { isOwnLack } from '../disk/fsErrors';
import { blake3 } from '../hashing/blake3';
import { listRestores, readJournal } from '../worktree/restore/journal';
import { readCanonical } from './canonical';
import { walkAddresses } from './contents';
import { DigestTable } from './digestTable';
import { readManifestBytes } from './manifests';
import { loadHistory } from './records';
import type { Store } from './storeRoot';

/** What must stay. Grows by {@link Marks.refresh}; nothing is ever unmarked. */
export class Marks {
  readonly objects = new DigestTable();
  readonly manifests = new DigestTable();
  private readonly env: EngineEnv;
  private readonly store: Store;

  constructor(env: EngineEnv, store: Store) {
    this.env = env;
    this.store = store;
  }

  /**
   * Marks everything that is needed now: by checkpoints that are not deleted, by restores under way, and
   * by manifests that no record speaks of, which somebody else put there (snapdir's own command does). While a record
   * cannot be read, deleted checkpoints count as well: it may be the one that brought them back.
   * @throws MANIFEST_NOT_FOUND, INTEGRITY, PARSE when it cannot be known what a checkpoint needs; AbortError
   */
  refresh(control: Control): void {
    const { history, damaged } = loadHistory(this.env, this.store);
    const mentioned = new Set<string>();
    for (const record of history.records) {
      if (record.kind === 'take') {
        mentioned.add(record.snapshot);
      }
    }
    // What is left of a forgotten snapshot needs nothing, whatever else cannot be read.
    const { gone } = history.forgetting;
    const living = history.checkpointsNewestFirst();
    for (const [index, { snapshot }] of living.entries()) {
      this.mark(snapshot, control);
      control.progress({ phase: 'mark', done: index + 1, total: living.length });
    }
    this.markJournals(control);
    for (const snapshot of damaged.length > 0 ? mentioned : []) {
      this.markForeign(snapshot, control);
    }
    for (const { hex } of walkAddresses(this.env, this.store, 'manifests', control)) {
      if (!mentioned.has(hex) && !gone.has(hex as SnapshotId)) {
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
            this.objects.addHex(state.checksum);
          }
        }
      }
      this.mark(journal.safetySnapshot, control);
    }
  }

  /** A foreign manifest, or a deleted one, that is damaged keeps nobody from cleaning up; it stays where it is. */
  private markForeign(snapshot: string, control: Control): void {
    try {
      this.mark(snapshot, control);
    } catch (error) {
      if (!SnapdirError.is(error) || isOwnLack(error)) {
        throw error;
      }
      this.manifests.addHex(snapshot);
      this.env.log.warn(`manifest ${snapshot}: ${error.message}`);
    }
  }

  private mark(snapshot: string, control: Control): void {
    if (this.manifests.has(snapshot)) {
      return;
    }
    throwIfCancelled(control.signal);
    this.markFiles(snapshot, control);
    this.manifests.addHex(snapshot);
  }

  /**
   * Marks the content of a snapshot's files. The text's hash is its address, so the lines need no second
   * check; a text with another hash (older tools sort in other ways) is read with all checks.
   */
  private markFiles(snapshot: string, control: Control): void {
    const { env, store, objects } = this;
    const bytes = readManifestBytes(env, store, snapshot);
    const known = bytes !== undefined && blake3(bytes) === snapshot;
    const text = known ? bytes : readCanonical(env, store, snapshot, control);
    const mark = (line: LineScanner): void => {
      objects.addBytes(line.bytes, line.checksumAt);
    };
    if (!visitFiles(text, mark, control.signal)) {
      markOddLines(objects, text);
    }
  }
}

const FILE_LINE = /^F [0-7]+ ([0-9a-f]{64}) /gm;

/** Some line is not as ours are. What the others name is needed all the same. */
function markOddLines(marked: DigestTable, text: Uint8Array): void {
  // Latin-1 keeps every byte one character: only ASCII fields are looked at.
  const latin = Buffer.from(text.buffer, text.byteOffset, text.length).toString('latin1');
  for (const match of latin.matchAll(FILE_LINE)) {
    marked.addHex(match[1]!);
  }
}
