import { throwIfCancelled } from '../../base/abort';
import { decodeUtf8 } from '../../base/utf8';
import { SnapdirError } from '../../core/errors';
import { foldHistory } from '../../core/history';
import { visitFiles } from '../../core/manifest/addresses';
import { parseRecord } from '../../core/recordFormat';
import type { OperationRecord } from '../../core/records';
import type { Control, EngineEnv } from '../context';
import { isOwnLack } from '../disk/fsErrors';
import { join, readFile } from '../disk/durable';
import { blake3 } from '../hashing/blake3';
import { readManifestBytes } from '../store/manifests';
import { statObject } from '../store/objects';
import { listRecords, loadHistory, MAX_RECORD_BYTES, type RecordName } from '../store/records';
import type { Store } from '../store/storeRoot';
import { findInTrash } from '../store/trash';
import { attempt, placeContent, placeRecord, type Wanted } from './placeContent';
import { storeSource, type OtherStore } from './sources';

/** What came back, and what the other store has not got whole. */
export interface BroughtBack {
  records: string[];
  manifests: number;
  objects: number;
  bytes: number;
  lost: Wanted[];
  /** Absolute paths of records that are there and could not be read. */
  unread: string[];
}

/**
 * Brings back the records that a copy of this very store has and the store has not: for each snapshot first
 * the content of its files, then its manifest, then the record, so that at every moment what is listed is
 * whole. Every byte is checked. Content that the copy has lost as well keeps no record from coming back: the
 * checkpoint is then listed as damaged.
 * @throws DISK_FULL, READ_ONLY, IO, STORE_BUSY, AbortError
 */
export function bringBack(
  env: EngineEnv,
  store: Store,
  of: { other: OtherStore; check: () => void },
  control: Control,
): BroughtBack {
  return new Return(env, store, of, control).run();
}

class Return {
  private readonly env: EngineEnv;
  private readonly store: Store;
  private readonly other: OtherStore;
  private readonly check: () => void;
  private readonly control: Control;
  private readonly done = new Set<string>();
  private readonly found: BroughtBack = {
    ...{ records: [], manifests: 0, objects: 0, bytes: 0, lost: [], unread: [] },
  };

  constructor(
    env: EngineEnv,
    store: Store,
    of: { other: OtherStore; check: () => void },
    control: Control,
  ) {
    this.env = env;
    this.store = store;
    this.other = of.other;
    this.check = of.check;
    this.control = control;
  }

  run(): BroughtBack {
    const { env, store, other, control } = this;
    const here = new Set(listRecords(env, store).map(({ name }) => name));
    const missing = listRecords(env, other.at).filter(({ name }) => !here.has(name));
    const found = missing.flatMap((name) => this.read(name) ?? []);
    // First what was forgotten: at no moment a snapshot is listed as it was before.
    const isForget = ({ record }: (typeof found)[number]): boolean => record.kind === 'forget';
    const records = [...found.filter(isForget), ...found.filter((one) => !isForget(one))];
    const told = records.map(({ name, record }) => ({ id: name.id, record }));
    const { forgetting } = loadHistory(env, store).history;
    const before = forgetting.records.map((record) => ({ id: record.id, record }));
    const history = foldHistory([...told, ...before]);
    // What was deleted, or collected since, need not come back.
    const deleted = new Set(
      records.flatMap(({ record }) => (record.kind === 'delete' ? record.checkpoints : [])),
    );
    for (const [index, { name, bytes, record }] of records.entries()) {
      control.progress({ phase: 'write', done: index, total: records.length });
      if (record.kind === 'take' && !deleted.has(name.id)) {
        this.snapshot(history.checkpoint(name.id)!.snapshot);
      }
      this.check();
      placeRecord(env, store, name.name, bytes);
      this.found.records.push(name.name);
    }
    return this.found;
  }

  private read(
    name: RecordName,
  ): { name: RecordName; bytes: Uint8Array; record: OperationRecord } | undefined {
    const path = join(this.other.at.records, name.name);
    try {
      const bytes = readFile(this.env.fs, path, MAX_RECORD_BYTES);
      if (bytes === undefined || blake3(bytes) !== name.id) {
        return undefined;
      }
      return { name, bytes, record: parseRecord(bytes) };
    } catch (error) {
      if (!SnapdirError.is(error) || isOwnLack(error)) {
        throw error;
      }
      if (SnapdirError.is(error, 'IO')) {
        this.found.unread.push(path);
      }
      return undefined;
    }
  }

  private snapshot(id: string): void {
    if (this.done.has(id)) {
      return;
    }
    this.done.add(id);
    const { env, control } = this;
    const bytes = this.manifestOf(id);
    const files = new Map<string, number>();
    if (bytes !== undefined) {
      visitFiles(
        bytes,
        (line) => {
          const { checksumAt, size } = line;
          files.set(decodeUtf8(line.bytes.subarray(checksumAt, checksumAt + 64)), size);
        },
        control.signal,
      );
    }
    for (const [hex, size] of files) {
      throwIfCancelled(control.signal);
      if (statObject(env, this.store, hex)?.size !== size) {
        this.place({ kind: 'objects', hex });
      }
    }
    const here = attempt(() => readManifestBytes(env, this.store, id));
    if (here === undefined || blake3(here) !== id) {
      this.place({ kind: 'manifests', hex: id });
    }
  }

  /** From here, or from the copy; checked. */
  private manifestOf(id: string): Uint8Array | undefined {
    for (const at of [this.store, this.other.at]) {
      try {
        const bytes = readManifestBytes(this.env, at, id);
        if (bytes !== undefined && blake3(bytes) === id) {
          return bytes;
        }
      } catch (error) {
        if (!SnapdirError.is(error) || isOwnLack(error)) {
          throw error;
        }
      }
    }
    return undefined;
  }

  private place(wanted: Wanted): void {
    const { env, store, other, check, control, found } = this;
    if (this.done.has(`${wanted.kind} ${wanted.hex}`)) {
      return;
    }
    this.done.add(`${wanted.kind} ${wanted.hex}`);
    for (const candidate of storeSource(env, other).candidates(wanted, undefined)) {
      const bytes = placeContent(env, store, { wanted, candidate, check }, control);
      if (bytes !== undefined) {
        found[wanted.kind]++;
        found.bytes += bytes;
        return;
      }
    }
    if (findInTrash(env, store, wanted.kind, wanted.hex) === undefined) {
      found.lost.push(wanted);
    }
  }
}
