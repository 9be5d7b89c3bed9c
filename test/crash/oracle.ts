import { parseManifest } from '../../src/core/manifest';
import { parseRecord, parseRecordFileName } from '../../src/core/recordFormat';
import type { OperationRecord, TakeRecord } from '../../src/core/records';
import type { Manifest } from '../../src/core/tree';
import { blake3 } from '../../src/engine/hashing/blake3';
import type { Inode, InodeTable } from './inodes';
import { Prefix } from './names';

/**
 * What a reader finds in a store, looked at from outside: straight at the inodes, with none of the
 * engine's file code, so that a mistake there cannot hide itself.
 */
export interface StoreView {
  /** Checksum → bytes, every object that is there. */
  objects: Map<string, Uint8Array>;
  manifests: Map<string, Manifest>;
  records: Map<string, OperationRecord>;
  /** What is broken: one sentence each. */
  broken: string[];
  /** A mark says that content may be torn: the next process looks at it before it relies on any. */
  marked: boolean;
}

/** Bytes are shared between states, so each version is hashed and parsed once. */
const hashes = new WeakMap<Uint8Array, Map<number, string>>();
const parsed = new Map<string, Manifest | OperationRecord>();
const MOST_PARSED = 20_000;

const bytesOf = (node: Inode): Uint8Array => node.data.subarray(0, node.length);

/** The checksum of a file's bytes. */
export function hashOf(node: Inode): string {
  let known = hashes.get(node.data);
  if (known === undefined) {
    known = new Map();
    hashes.set(node.data, known);
  }
  let hash = known.get(node.length);
  if (hash === undefined) {
    hash = blake3(bytesOf(node));
    known.set(node.length, hash);
  }
  return hash;
}

function once<T extends Manifest | OperationRecord>(id: string, parse: () => T): T {
  let value = parsed.get(id);
  if (value === undefined) {
    value = parse();
    if (parsed.size >= MOST_PARSED) {
      parsed.clear(); // Of scenarios that are long over.
    }
    parsed.set(id, value);
  }
  return value as T;
}

function child(table: InodeTable, dir: number | undefined, name: string): number | undefined {
  return dir === undefined ? undefined : table.get(dir).entries?.get(name);
}

const START = new Prefix('');

/** Files four levels down, by the joined name; anything else that a verifier would stumble over is broken. */
function sharded(
  table: InodeTable,
  dir: number | undefined,
  visit: (hex: string, node: Inode) => void,
  prefix = START,
): void {
  if (dir === undefined) {
    return;
  }
  for (const [name, ino] of table.get(dir).entries!) {
    const node = table.get(ino);
    if (node.kind === 'dir') {
      sharded(table, ino, visit, prefix.then(name));
    } else {
      visit(prefix.then(name).text, node);
    }
  }
}

type MayBeTorn = (node: Inode) => boolean;

function readManifests(
  table: InodeTable,
  store: number,
  view: StoreView,
  mayBeTorn: MayBeTorn,
): void {
  sharded(table, child(table, store, '.manifests'), (hex, node) => {
    if (hashOf(node) !== hex) {
      if (!mayBeTorn(node)) {
        view.broken.push(`manifest ${hex.slice(0, 8)} is damaged`);
      }
    } else {
      const parse = (): Manifest => parseManifest(bytesOf(node), { hash: blake3 });
      view.manifests.set(hex, once(hex, parse));
    }
  });
}

function readRecords(
  table: InodeTable,
  store: number,
  view: StoreView,
  mayBeTorn: MayBeTorn,
): void {
  const dir = child(table, store, 'records');
  for (const [name, ino] of dir === undefined ? [] : table.get(dir).entries!) {
    const parsedName = parseRecordFileName(name);
    const node = table.get(ino);
    if (parsedName === undefined || hashOf(node) !== parsedName.id) {
      if (!mayBeTorn(node)) {
        view.broken.push(`record ${name} is damaged`);
      }
    } else {
      view.records.set(
        parsedName.id,
        once(parsedName.id, () => parseRecord(bytesOf(node))),
      );
    }
  }
}

/** Looks at a store and checks that whatever is in it is whole. */
export function viewStore(table: InodeTable): StoreView {
  const view: StoreView = {
    objects: new Map(),
    manifests: new Map(),
    records: new Map(),
    broken: [],
    marked: false,
  };
  const store = child(table, child(table, 1, 'folder'), '.snapdir');
  if (store === undefined) {
    return view;
  }
  const since = marksSince(table, child(table, store, 'unsynced'));
  view.marked = since !== undefined;
  const mayBeTorn = (node: Inode): boolean =>
    since !== undefined && node.mtime >= since - 2_000_000_000n;
  sharded(table, child(table, store, '.objects'), (hex, node) => {
    if (hashOf(node) === hex) {
      view.objects.set(hex, bytesOf(node));
    } else if (!mayBeTorn(node)) {
      // A torn object under its final name, and no mark says so: it would poison later snapshots (H2).
      view.broken.push(`object ${hex.slice(0, 8)} is damaged`);
    }
  });
  for (const [, ino] of trashed(table, child(table, store, 'trash'))) {
    for (const [hex, object] of table.get(ino).entries!) {
      // Readers look there, too (H50).
      if (!view.objects.has(hex) && hashOf(table.get(object)) === hex) {
        view.objects.set(hex, bytesOf(table.get(object)));
      }
    }
  }
  readManifests(table, store, view, mayBeTorn);
  readRecords(table, store, view, mayBeTorn);
  return view;
}

/** The file system's time from which on content may be torn; undefined: never. */
function marksSince(table: InodeTable, dir: number | undefined): bigint | undefined {
  let since: bigint | undefined;
  for (const [, ino] of dir === undefined ? [] : table.get(dir).entries!) {
    const { mtime } = table.get(ino);
    since = since === undefined || mtime < since ? mtime : since;
  }
  return since;
}

function* trashed(table: InodeTable, dir: number | undefined): Generator<[string, number]> {
  for (const [, gc] of dir === undefined ? [] : table.get(dir).entries!) {
    const objects = child(table, gc, 'objects');
    if (objects !== undefined) {
      yield ['objects', objects];
    }
  }
}

/** Ids of checkpoints that are listed (not deleted), each of which must be whole; adds to `broken`. */
export function checkListed(view: StoreView): Set<string> {
  const undone = new Set<string>();
  for (const record of view.records.values()) {
    if (record.kind === 'undo') {
      undone.add(record.operation); // No scenario undoes an undo.
    }
  }
  const deleted = new Set<string>();
  for (const [id, record] of view.records) {
    if (record.kind === 'delete' && !undone.has(id)) {
      record.checkpoints.forEach((one) => deleted.add(one));
    }
  }
  const listed = new Set<string>();
  for (const [id, record] of view.records) {
    if (record.kind === 'take' && !deleted.has(id)) {
      const missing = missingOf(view, id, snapshotNow(view, record));
      if (missing.length > 0 && view.marked && record.durability === 'relaxed') {
        continue; // Nobody promised it, and the next process looks before it lists it.
      }
      listed.add(id);
      view.broken.push(...missing);
    }
  }
  return listed;
}

/** What a take has by now: what was forgotten since is not in it any more. */
function snapshotNow(view: StoreView, { time, snapshot }: TakeRecord): string {
  const since = [...view.records.values()]
    .filter((record) => record.kind === 'forget' && record.time > time)
    .sort((a, b) => a.time - b.time);
  let now = snapshot;
  for (const record of since) {
    now = (record.kind === 'forget' ? record.replaced[now] : undefined) ?? now;
  }
  return now;
}

function missingOf(view: StoreView, id: string, snapshot: string): string[] {
  const manifest = view.manifests.get(snapshot);
  if (manifest === undefined) {
    return [`checkpoint ${id.slice(0, 8)}: its manifest is missing`];
  }
  return manifest.entries
    .filter(
      (entry) => entry.type === 'F' && view.objects.get(entry.checksum)?.length !== entry.size,
    )
    .map((entry) => `checkpoint ${id.slice(0, 8)}: object of ${entry.path} is missing`);
}

/** The files of a listed checkpoint as `treeOf` shows files and links. */
export function filesOf(view: StoreView, id: string): Record<string, string> {
  const record = view.records.get(id);
  const found: Record<string, string> = {};
  if (record?.kind !== 'take') {
    return found;
  }
  const decoder = new TextDecoder();
  for (const entry of view.manifests.get(snapshotNow(view, record))?.entries ?? []) {
    if (entry.type === 'F') {
      const text = decoder.decode(view.objects.get(entry.checksum));
      found[entry.path] = `${entry.mode.toString(8)} ${text}`;
    }
  }
  for (const link of record.links) {
    found[link.path] = `-> ${link.target}`;
  }
  return found;
}

/** What a record says was done, without the ids and times that differ from run to run. */
export function shapeOf(record: OperationRecord): string {
  const { kind } = record;
  switch (kind) {
    case 'take':
    case 'restore':
      return `${kind} ${record.snapshot}`;
    case 'tag':
      return `${kind} +${record.add.join()} -${record.remove.join()}`;
    case 'delete':
      return `${kind} ${record.checkpoints.length}`;
    case 'gc':
      return `${kind} ${record.objects} ${record.manifests}`;
    default:
      return kind;
  }
}
