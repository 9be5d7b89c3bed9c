import { compareTrees } from '../../core/compare';
import type { CheckpointInfo } from '../../core/engine';
import type { SnapshotId } from '../../core/ids';
import { patchManifest } from '../../core/manifest/patch';
import { readLines } from '../../core/manifest/lines';
import { linesWithin } from '../../core/manifest/linesWithin';
import { patchEntries } from '../../core/manifest/patchEntries';
import { isSound } from '../../core/manifest/sound';
import { inScope, parentOf } from '../../core/paths';
import type { TakeStats } from '../../core/records';
import type { LinkEntry, ManifestEntry, RelPath } from '../../core/tree';
import type { EngineEnv } from '../context';
import { blake3 } from '../hashing/blake3';
import { sameBytes } from '../store/manifestText';
import { knownManifest, writeManifest } from '../store/manifests';
import type { Store } from '../store/storeRoot';
import type { Whole } from './carryOver';
import { sameEntry, type Drift } from './drift';
import { keepText, latestText, memoryForText, textOf } from './driftState';

/** A take of a part of the folder, on top of its parent. */
export interface Part {
  parent: CheckpointInfo;
  /** That the parent captured. */
  links: readonly LinkEntry[];
  scope: readonly RelPath[];
  /** Looked at although it is not in the scope: just this, not what is below. */
  force: readonly RelPath[];
  found: Whole;
}

/**
 * What `carryOver` and a whole new manifest would give, made out of the parent's text: a restore of ten
 * files takes its safety checkpoint this way, in a folder of any size.
 * @returns undefined when the parent's text cannot be used
 * @throws DISK_FULL, READ_ONLY, IO
 */
export function scopedState(
  env: EngineEnv,
  store: Store,
  part: Part,
  durable: boolean,
): { snapshot: SnapshotId; links: LinkEntry[]; stats: TakeStats } | undefined {
  const { parent } = part;
  const old = part.scope.includes('') ? undefined : soundText(env, store, parent.snapshot);
  if (old === undefined) {
    return undefined;
  }
  const drift = driftOfPart(part, old);
  const text = patchManifest(old, drift, blake3, memoryForText);
  if (text === undefined) {
    return undefined;
  }
  // What is in memory taken apart stays so: a view asks for one file after the other.
  const known = knownManifest(env, store, parent.snapshot)?.entries;
  const entries =
    known && patchEntries(known, { before: asBuffer(old), now: asBuffer(text) }, sameBytes);
  const links = linksOf(part, drift);
  const before = drift.map((one) => one.before).filter((entry) => entry !== null);
  const now = drift.map((one) => one.now).filter((entry) => entry !== null);
  const { counts } = compareTrees(
    { entries: before, links: [...part.links] },
    { entries: now, links },
  );
  const parsed = entries === undefined ? {} : { manifest: { entries } };
  const snapshot = writeManifest(env, store, text, { ...parsed, durable });
  keepText(snapshot, text);
  const files = parent.stats.files + sum(now, () => 1) - sum(before, () => 1);
  const bytes = parent.stats.bytes + sum(now, bytesOf) - sum(before, bytesOf);
  return { snapshot, links, stats: { files, bytes, ...counts } };
}

/** The parent's text. Its lines are relied on: one that this process did not make is checked by every rule of the format. */
function soundText(env: EngineEnv, store: Store, snapshot: string): Uint8Array | undefined {
  const text = textOf(env, store, snapshot);
  const isKnown = text === latestText(snapshot) || knownManifest(env, store, snapshot);
  return text !== undefined && (isKnown || isSound(text, blake3)) ? text : undefined;
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

const bytesOf = ({ size }: ManifestEntry): number => size;

function sum(entries: readonly ManifestEntry[], of: (entry: ManifestEntry) => number): number {
  return entries.reduce((total, entry) => total + (entry.type === 'F' ? of(entry) : 0), 0);
}

function isReplaced({ scope, force }: Part, path: RelPath): boolean {
  return path !== '' && (inScope(path, [...scope]) || force.includes(path));
}

/** What the part has other than the parent, whose text is `old`. */
function driftOfPart(part: Part, old: Uint8Array): Drift[] {
  const known = new Map<RelPath, ManifestEntry>();
  for (const entry of readLines(linesWithin(old, [...part.scope, ...part.force]), {})) {
    known.set(entry.path, entry);
  }
  const now = new Map<RelPath, ManifestEntry>();
  for (const { path, mode } of part.found.dirs) {
    now.set(path, { type: 'D', mode, checksum: '' as ManifestEntry['checksum'], size: 0, path });
  }
  part.found.files.forEach((file) => now.set(file.path, file));
  const drift: Drift[] = [];
  // Folders come before what is in them, and take it with them.
  const gone = new Set<RelPath>();
  for (const [path, before] of known) {
    const next = now.get(path);
    const leaves = next === undefined && (isReplaced(part, path) || gone.has(parentOf(path)));
    if (leaves) {
      drift.push({ path, before, now: null });
    }
    if (leaves || (before.type === 'D' && next?.type === 'F')) {
      gone.add(path);
    }
  }
  for (const [path, entry] of now) {
    const before = known.get(path) ?? null;
    if (!sameEntry(before, entry)) {
      drift.push({ path, before, now: entry });
    }
  }
  return drift;
}

function linksOf(part: Part, drift: readonly Drift[]): LinkEntry[] {
  const { found } = part;
  const taken = new Set([...found.files, ...found.dirs, ...found.links].map(({ path }) => path));
  const lost = new Set<RelPath>();
  for (const { path, before, now } of drift) {
    if (before?.type === 'D' && now?.type !== 'D') {
      lost.add(path);
    }
  }
  const isLost = (path: RelPath): boolean =>
    path !== '' && (lost.has(parentOf(path)) || isLost(parentOf(path)));
  const kept = part.links.filter(
    ({ path }) => !isReplaced(part, path) && !taken.has(path) && !isLost(path),
  );
  return [...kept, ...found.links];
}
