import { freeMemory } from '../../base/freeMemory';
import { compareTrees } from '../../core/compare';
import type { CheckpointInfo } from '../../core/engine';
import type { SnapshotId } from '../../core/ids';
import { patchManifest } from '../../core/manifest/patch';
import type { ChangeCounts, TakeStats } from '../../core/records';
import type { ManifestEntry } from '../../core/tree';
import type { EngineEnv } from '../context';
import { blake3 } from '../hashing/blake3';
import { Flag, type FileTable } from '../hashing/fileTable';
import type { Look } from '../hashing/look';
import { readManifestBytes, writeManifest } from '../store/manifests';
import type { Store } from '../store/storeRoot';
import { becomes, driftOf, type Drift } from './drift';

/** The text of the manifest that was made last: the next one is made out of it. */
let latest: { snapshot: string; text: Uint8Array } | undefined;

/**
 * The memory of the text before that one. Memory that was in use costs a fraction of new one, which comes
 * page by page and has to be given back; nobody else holds these texts (`textOf`).
 */
let spare: ArrayBufferLike | undefined;
/** What was handed out by {@link memoryForText}: other texts may lie in memory that is not theirs alone. */
const own = new WeakSet<ArrayBufferLike>();
/** What is longer than this is not kept for the next time. */
const SPARE_BYTES = 32 * 1024 * 1024;
/** Room for some more lines. */
const GROWTH = 1 / 16;

/** Keeps a manifest's text for the next take of this process. The text must be nobody else's. */
export function keepText(snapshot: string, text: Uint8Array): void {
  const before = latest?.text;
  if (before !== undefined && before.buffer !== text.buffer) {
    if (own.has(before.buffer)) {
      spare = before.buffer.byteLength <= SPARE_BYTES ? before.buffer : undefined;
    } else {
      freeMemory(before); // A thread that makes few objects would keep it for minutes.
    }
  }
  latest = { snapshot, text };
}

/** Memory for a text that {@link keepText} will be given; it ends the one before the last. */
export function memoryForText(bytes: number): Uint8Array {
  const known = spare;
  spare = undefined;
  if (known !== undefined && known.byteLength >= bytes && known.byteLength <= 2 * bytes) {
    return new Uint8Array(known);
  }
  if (known !== undefined) {
    freeMemory(new Uint8Array(known));
  }
  const fresh = new Uint8Array(Math.ceil(bytes * (1 + GROWTH)));
  own.add(fresh.buffer);
  return fresh;
}

/** A manifest's text that this process has made, to be used up before the next one is; undefined: it was another one. */
export const latestText = (snapshot: string): Uint8Array | undefined =>
  latest?.snapshot === snapshot ? latest.text : undefined;

/** A manifest's text, to be used up before the next one is made; undefined when it is not there or damaged. */
export function textOf(env: EngineEnv, store: Store, snapshot: string): Uint8Array | undefined {
  const made = latestText(snapshot);
  if (made !== undefined) {
    return made;
  }
  const text = readManifestBytes(env, store, snapshot);
  return text !== undefined && blake3(text) === snapshot ? text : undefined;
}

/**
 * Writes the manifest of a look as its parent's with the changed lines in it; nothing of it is read or
 * made but these lines. undefined when the look does not stand for the parent's snapshot.
 * @throws DISK_FULL, READ_ONLY, IO
 */
export function driftState(
  env: EngineEnv,
  store: Store,
  look: Look,
  { parent, durable }: { parent: CheckpointInfo | undefined; durable: boolean },
): { snapshot: SnapshotId; stats: TakeStats } | undefined {
  if (parent === undefined || parent.scope !== null || look.snapshot !== parent.snapshot) {
    return undefined;
  }
  const drift = driftOf(look);
  const old = textOf(env, store, look.snapshot);
  const text = old === undefined ? undefined : patchManifest(old, drift, blake3, memoryForText);
  if (text === undefined) {
    return undefined;
  }
  const counts = countsOf(look, drift);
  const snapshot = writeManifest(env, store, text, { durable });
  keepText(snapshot, text);
  becomes(look, snapshot);
  return { snapshot, stats: { ...totalsOf(look.files), ...counts } };
}

/** What differs is all there is to compare: what is the same on both sides counts for nothing. */
function countsOf(look: Look, drift: readonly Drift[]): ChangeCounts {
  const side = (entries: readonly (ManifestEntry | null)[]): ManifestEntry[] =>
    entries.filter((entry) => entry !== null);
  const before = { entries: side(drift.map((one) => one.before)), links: look.linksBefore };
  const now = { entries: side(drift.map((one) => one.now)), links: look.links };
  return compareTrees(before, now).counts;
}

/** How many files were captured, and their bytes. */
export function totalsOf(files: FileTable): { files: number; bytes: number } {
  const { flags, sizes } = files.columns;
  let count = 0;
  let bytes = 0;
  for (let row = 0; row < files.length; row++) {
    if ((flags[row]! & (Flag.HASHED | Flag.FAILED)) === Flag.HASHED) {
      count++;
      bytes += sizes[row]!;
    }
  }
  return { files: count, bytes };
}
