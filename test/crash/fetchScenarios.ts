import { strict as assert } from 'node:assert';
import type { SnapshotId } from '../../src/core/ids';
import type { PlaceRow } from '../../src/core/transferData';
import { quietControl } from '../../src/engine/context';
import { blake3 } from '../../src/engine/hashing/blake3';
import { placeFetched } from '../../src/engine/transfer/placeFetched';
import { recordFetched } from '../../src/engine/transfer/recordFetched';
import { encodeManifest } from '../../src/core/manifest';
import type { MemoryFsOptions } from './memoryCore';
import { viewStore } from './oracle';
import type { Process } from './processes';
import { afterFirst, EDITS, scenario, type Scenario } from './scenarios';

/** What comes in one piece, and what comes in two. Bytes. */
const WHOLE = 1000;

interface Theirs {
  snapshot: SnapshotId;
  manifest: Uint8Array;
  objects: [string, Uint8Array][];
}

/** A snapshot that somebody else took, as a permanent store would hand it out. */
function theirs(options: MemoryFsOptions): Theirs {
  const own = Object.entries(EDITS).filter(([, content]) => typeof content === 'string');
  const spec = { ...Object.fromEntries(own), 'a.txt': 'one', 'large.bin': 'large '.repeat(500) };
  const { fs } = afterFirst(options, spec);
  const { objects, manifests } = viewStore(fs.table);
  const [[snapshot, manifest] = []] = manifests;
  assert.ok(manifest !== undefined && objects.size > 4);
  const bytes = encodeManifest(manifest);
  assert.equal(blake3(bytes), snapshot);
  return { snapshot: snapshot as SnapshotId, manifest: bytes, objects: [...objects] };
}

/** In the order in which a fetch places things: the manifest is kept, small content together, large in pieces. */
function fetch({ env, open }: Process, { snapshot, manifest, objects }: Theirs): string {
  const store = open();
  const place = (rows: PlaceRow[], bytes: Uint8Array): void =>
    void placeFetched(env, store, { rows, bytes }, quietControl);
  const row = (kind: PlaceRow['kind'], checksum: string, size: number): PlaceRow => ({
    ...{ kind, checksum, size, offset: 0, length: size },
  });
  place([row('manifests', snapshot, manifest.length)], manifest);
  const small = objects.filter(([, bytes]) => bytes.length <= WHOLE);
  place(
    small.map(([checksum, bytes]) => row('objects', checksum, bytes.length)),
    Buffer.concat(small.map(([, bytes]) => bytes)),
  );
  for (const [checksum, bytes] of objects.filter((one) => !small.includes(one))) {
    for (let offset = 0; offset < bytes.length; offset += WHOLE) {
      const piece = bytes.subarray(offset, offset + WHOLE);
      const whole = row('objects', checksum, bytes.length);
      place([{ ...whole, offset, length: piece.length }], piece);
    }
  }
  const origin = { from: 's3://bucket/x', name: 'main', checkpoint: null, time: 1, author: 'b@t' };
  const params = { snapshot, ref: 'team/main', message: '', tags: [], links: [], origin };
  return recordFetched(env, store, params, quietControl).checkpoint.id;
}

/** Runs that bring content from a permanent store into this one. */
export function fetchScenarios(options: MemoryFsOptions): Scenario[] {
  const { fs, id } = afterFirst(options);
  const there = theirs(options);
  return [
    scenario('fetch', { fs, acknowledged: [id] }, (process, acknowledge) => {
      acknowledge(fetch(process, there));
    }),
  ];
}
