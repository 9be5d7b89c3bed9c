import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Checksum, CheckpointId } from '../../../src/core/ids';
import { encodeManifest } from '../../../src/core/manifest';
import { buildManifest } from '../../../src/core/merkle';
import { formatRecord } from '../../../src/core/recordFormat';
import type { OperationRecord } from '../../../src/core/records';
import type { ManifestEntry } from '../../../src/core/tree';
import { blake3 } from '../../../src/engine/hashing/blake3';
import { goldenCase, goldenNames } from '../../support/goldenTree';
import { goldenRoot } from '../../support/paths';
import { NASTY, type Dice } from './mutate';

const LARGEST = 2_000;

/** Manifests that real tools made, and those that a reader must refuse. */
export function manifestCorpus(): Buffer[] {
  const golden = goldenNames().map((name) => goldenCase(name).manifest);
  const hostile = JSON.parse(readFileSync(join(goldenRoot, 'hostile-manifests.json'), 'utf8')) as {
    text: string;
  }[];
  const texts = hostile.map(({ text }) => Buffer.from(text, 'base64'));
  return [...golden, ...texts].filter(({ length }) => length <= LARGEST);
}

const hex = (digit: string): string => digit.repeat(64);
const base = { v: 1, time: 1_700_000_000_000, author: 'somebody@host' } as const;

/** One record of every kind. */
export function recordCorpus(): Buffer[] {
  const take = {
    ...{ ...base, kind: 'take', snapshot: hex('1'), parent: hex('2'), message: 'a "message"\n' },
    ...{ tags: ['v1'], trigger: 'manual', scope: ['a', 'b/c'], durability: 'relaxed' },
    stats: { added: 1, deleted: 2, modified: 3, renamed: 0, files: 10, bytes: 1000 },
    links: [{ path: 'l', target: '../é' }],
    skipped: [{ path: 'x', reason: 'unreadable', detail: 'EACCES' }],
    ...{ unstable: ['log'], incremental: true },
    rules: { useIgnoreFiles: true, patterns: ['**/out'], noIgnore: false },
  };
  const restore = {
    ...{ ...base, kind: 'restore', purpose: 'undo', checkpoint: hex('3'), snapshot: hex('1') },
    ...{ safety: hex('4'), headBefore: null, head: hex('5'), scope: null, exact: true },
    ...{ reverses: hex('6'), failed: [{ path: 'p', reason: 'EIO' }], conflicts: ['c'] },
    counts: { written: 1, deleted: 2, left: 3, unchanged: 4, failed: 0 },
  };
  const others = [
    { ...base, kind: 'ref', name: 'release', checkpoint: hex('1'), previous: null },
    { ...base, kind: 'tag', checkpoint: hex('1'), add: ['v2'], remove: ['v1'] },
    { ...base, kind: 'rename', checkpoint: hex('1'), message: 'other' },
    { ...base, kind: 'delete', checkpoints: [hex('1'), hex('2')] },
    { ...base, kind: 'undo', operation: hex('1') },
    { ...base, kind: 'gc', objects: 1, manifests: 2, bytes: 3, trash: '20260101T000000000Z' },
  ];
  return [take, restore, ...others].map((record) =>
    Buffer.from(formatRecord(record as unknown as OperationRecord)),
  );
}

/** The body of a journal: what follows its checksum. */
export function journalCorpus(): Buffer[] {
  const head = {
    ...{ id: '0'.repeat(32), started: 1, purpose: 'restore', checkpoint: hex('1') },
    ...{ snapshot: hex('2'), safety: hex('3') as CheckpointId, safetySnapshot: hex('4') },
    ...{ headBefore: null, head: hex('1'), scope: ['a'], exact: true, reverses: null },
    ...{ left: 0, unchanged: 3, refused: [{ path: 'x', reason: 'EACCES' }], staging: 'store' },
  };
  const steps = [
    ['a', null, null, null, hex('5'), 420, 12],
    ['b/c', hex('6'), 493, 1, null, null, null],
    ['d', 'D', 493, null, 'L', 'target', null],
  ];
  const lines = [head, ...steps].map((line) => JSON.stringify(line));
  return [Buffer.from(`${lines.join('\n')}\n`)];
}

const SEGMENTS = [...NASTY.filter((one) => !/[\n\0]/.test(one)), 'a', 'b', 'c', 'dir', 'é', 'a b'];

/**
 * A manifest whose sums are right, whatever its names are: what a hostile writer would make, to get past
 * every check but those of names.
 */
export function forgedManifest(
  dice: Dice,
  contents: readonly { checksum: string; size: number }[],
): Buffer {
  const dirs = new Set<string>(['']);
  const files = new Map<string, ManifestEntry>();
  for (let n = 1 + dice.below(4); n > 0; n--) {
    const parts = Array.from({ length: 1 + dice.below(3) }, () =>
      dice.below(3) === 0 ? dice.of(SEGMENTS) : dice.of(['a', 'b', 'c']),
    );
    const path = parts.join('/');
    const above = parts.map((_, index) => parts.slice(0, index).join('/'));
    const clash = dirs.has(path) || above.some((one) => files.has(one)) || files.has(path);
    if (!clash && path !== '' && above.slice(1).every((one) => one !== '')) {
      above.forEach((one) => dirs.add(one));
      const { checksum, size } = dice.of(contents);
      const mode = dice.of([0o644, 0o755, 0o4755, 0o7777, 0, 0o222]);
      files.set(path, { type: 'F', mode, checksum: checksum as Checksum, size, path });
    }
  }
  try {
    const modes = [...dirs].map((path) => ({ path, mode: dice.of([0o755, 0o700, 0, 0o7777]) }));
    return Buffer.from(encodeManifest(buildManifest([...files.values()], modes, blake3)));
  } catch {
    return Buffer.alloc(0);
  }
}
