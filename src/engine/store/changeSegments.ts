import { createHash } from 'node:crypto';
import type { CheckpointId } from '../../core/ids';
import { edgeBytes, toEdge, type Edge } from '../../core/pathHistory/edge';
import type { LinkEntry } from '../../core/tree';
import type { EngineEnv } from '../context';
import { discard, join, readFile, writeFileRelaxed } from '../disk/durable';
import type { Store } from './storeRoot';

/**
 * How the change index is kept: a few files `cache/changes-<name>`, each with some edges. A file is 64 digits
 * of SHA-256 over the rest, a line of JSON that says which edges these are and how long, and their lines.
 * Any of them may be lost; processes that write at once write files of their own.
 */
const PREFIX = 'changes-';
const VERSION = 1;
const DIGITS = 64;
const MAX_BYTES = 64 * 1024 * 1024;
/** So much is written anew when one edge is added. Bytes and edges. */
const FULL_BYTES = 1024 * 1024;
const FULL_EDGES = 512;
/** More files than this, beside full ones, are brought together. */
const MANY = 16;

/** What changed up to a checkpoint, and since which one. */
export interface KeptEdge {
  to: CheckpointId;
  from: CheckpointId;
  edge: Edge;
}

interface Header {
  version: number;
  storeId: string;
  /** Which forgettings these edges know of; absent: of none. */
  forgotten?: string;
  edges: [
    to: string,
    from: string,
    left: number,
    right: number,
    links?: [LinkEntry[], LinkEntry[]],
  ][];
}

type Of = Pick<Header, 'storeId' | 'forgotten'>;

interface Segment {
  name: string;
  edges: Map<CheckpointId, KeptEdge>;
  bytes: number;
  changed: boolean;
}

const checksum = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Node's own hash and no other: a cold process that only lists need not load one. */
function encode(segment: Segment, of: Of): Uint8Array {
  const parts: Uint8Array[] = [];
  const header: Header = { version: VERSION, ...of, edges: [] };
  for (const { to, from, edge } of segment.edges.values()) {
    const { left, right } = edge;
    const sizes = [to, from, left.lines.length, right.lines.length] as const;
    const hasLinks = left.links.length + right.links.length > 0;
    header.edges.push(hasLinks ? [...sizes, [left.links, right.links]] : [...sizes]);
    parts.push(left.lines, right.lines);
  }
  const body = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...parts]);
  return Buffer.concat([Buffer.from(checksum(body)), body]);
}

function decode(bytes: Uint8Array, of: Of): KeptEdge[] | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer.toString('latin1', 0, DIGITS) !== checksum(bytes.subarray(DIGITS))) {
    return undefined;
  }
  const end = buffer.indexOf(0x0a, DIGITS);
  const header = JSON.parse(buffer.toString('utf8', DIGITS, end)) as Header;
  if (
    header.version !== VERSION ||
    header.storeId !== of.storeId ||
    header.forgotten !== of.forgotten
  ) {
    return undefined;
  }
  let at = end + 1;
  const take = (length: number): Uint8Array => bytes.subarray(at, (at += length));
  return header.edges.map(([to, from, leftBytes, rightBytes, links = [[], []]]) => ({
    to: to as CheckpointId,
    from: from as CheckpointId,
    edge: toEdge(
      { lines: take(leftBytes), links: links[0] },
      { lines: take(rightBytes), links: links[1] },
    ),
  }));
}

/** Edges by the checkpoint that they lead to, and the files that they are kept in. */
export class ChangeSegments {
  private readonly segments: Segment[] = [];
  private readonly home = new Map<CheckpointId, Segment>();
  /** Files that are of no use any more. */
  private readonly gone: string[] = [];
  private total = 0;
  private readonly of: Of;

  private constructor(of: Of) {
    this.of = of;
  }

  /** How many bytes all edges take, nearly. */
  get bytes(): number {
    return this.total;
  }

  get size(): number {
    return this.home.size;
  }

  get(to: CheckpointId): KeptEdge | undefined {
    return this.home.get(to)?.edges.get(to);
  }

  /** Adds an edge, in the place of the one that led to the same checkpoint. */
  set(kept: KeptEdge): void {
    this.delete(kept.to);
    let last = this.segments.at(-1);
    if (last === undefined || last.bytes > FULL_BYTES || last.edges.size >= FULL_EDGES) {
      last = { name: '', edges: new Map(), bytes: 0, changed: true };
      this.segments.push(last);
    }
    const bytes = edgeBytes(kept.edge);
    last.edges.set(kept.to, kept);
    last.bytes += bytes;
    last.changed = true;
    this.total += bytes;
    this.home.set(kept.to, last);
  }

  delete(to: CheckpointId): void {
    const segment = this.home.get(to);
    const kept = segment?.edges.get(to);
    if (segment !== undefined && kept !== undefined) {
      const bytes = edgeBytes(kept.edge);
      segment.edges.delete(to);
      segment.bytes -= bytes;
      segment.changed = true;
      this.total -= bytes;
      this.home.delete(to);
    }
  }

  /** Forgets the edges to checkpoints that are not among these. */
  keepOnly(ids: ReadonlySet<CheckpointId>): void {
    for (const to of [...this.home.keys()]) {
      if (!ids.has(to)) {
        this.delete(to);
      }
    }
  }

  /** Writes what changed. It may be lost at any time, and a failure is none. */
  save(env: EngineEnv, store: Store): void {
    if (store.readOnly !== null) {
      return;
    }
    for (const segment of this.segments.filter(({ changed }) => changed)) {
      segment.changed = false;
      if (segment.edges.size === 0) {
        this.gone.push(segment.name);
        continue;
      }
      segment.name ||= `${PREFIX}${env.randomName()}`;
      const bytes = encode(segment, this.of);
      writeFileRelaxed(env, store.tmp, join(store.cache, segment.name), bytes);
    }
    const used = this.segments.filter(({ edges }) => edges.size > 0);
    this.segments.splice(0, this.segments.length, ...used);
    // Only now: what is in them is in others by now.
    for (const name of this.gone.splice(0).filter((one) => one !== '')) {
      discard(env.fs, join(store.cache, name));
    }
  }

  /** What is kept on disk. `forgotten` names what is forgotten by now. A file that is torn, foreign or of another version is as good as none. */
  static load(env: EngineEnv, store: Store, forgotten?: string): ChangeSegments {
    const of = { storeId: store.id, ...(forgotten === undefined ? {} : { forgotten }) };
    const all = new ChangeSegments(of);
    for (const name of store.foreign ? [] : listNames(env, store)) {
      const edges = readSegment(env, join(store.cache, name), of);
      const segment: Segment = { name, edges: new Map(), bytes: 0, changed: false };
      if (edges === undefined) {
        all.gone.push(name);
        continue;
      }
      for (const kept of edges.filter(({ to }) => !all.home.has(to))) {
        segment.edges.set(kept.to, kept);
        segment.bytes += edgeBytes(kept.edge);
        all.home.set(kept.to, segment);
      }
      // What another process keeps as well need not be kept twice.
      segment.changed = segment.edges.size < edges.length;
      all.total += segment.bytes;
      all.segments.push(segment);
    }
    all.bringTogether();
    return all;
  }

  private bringTogether(): void {
    const full = Math.max(this.total / FULL_BYTES, this.size / FULL_EDGES);
    if (this.segments.length <= MANY + 2 * full) {
      return;
    }
    const edges = this.segments.flatMap((segment) => [...segment.edges.values()]);
    this.gone.push(...this.segments.splice(0).map(({ name }) => name));
    this.home.clear();
    this.total = 0;
    edges.forEach((kept) => this.set(kept));
  }
}

function listNames(env: EngineEnv, store: Store): string[] {
  if (env.fs.lstat(store.cache)?.kind !== 'dir') {
    return [];
  }
  return env.fs
    .readdir(store.cache)
    .map(({ name }) => name)
    .filter((name) => name.startsWith(PREFIX))
    .sort();
}

function readSegment(env: EngineEnv, path: string, of: Of): KeptEdge[] | undefined {
  try {
    const bytes = readFile(env.fs, path, MAX_BYTES);
    return bytes && decode(bytes, of);
  } catch {
    return undefined;
  }
}
