import type { InodeTable } from './inodes';
import type { LogEntry } from './memoryCore';
import { applyNames, Disk } from './crashDisk';
import { mix } from './prints';

/** Random numbers that can be repeated: mulberry32. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface CrashOptions {
  /** At most this many states after each change. */
  perPoint: number;
  seed: number;
}

/** What a power cut left. */
export interface CrashState {
  /** How many log entries had happened. */
  point: number;
  table: InodeTable;
}

/** Fates of bytes that were written and not synced. */
const FATES = ['kept', 'lost', 'torn', 'zeros'] as const;
type Fate = (typeof FATES)[number];

/** Bytes that were made durable, then zeros: the same buffer as long as both lengths stay, so that it is hashed once. */
class Zeros {
  private readonly made = new Map<number, { before: number; bytes: Uint8Array }>();

  of(ino: number, data: Uint8Array, before: number, length: number): Uint8Array {
    const known = this.made.get(ino);
    if (known?.before === before && known.bytes.length === length) {
      return known.bytes;
    }
    const bytes = new Uint8Array(length);
    bytes.set(data.subarray(0, before));
    this.made.set(ino, { before, bytes });
    return bytes;
  }
}

/** Makes the states after one change, without repeating any. */
class Brancher {
  private readonly seen = new Set<number>();
  private readonly zeros = new Zeros();
  private readonly next: () => number;
  private readonly disk: Disk;

  constructor(disk: Disk, seed: number) {
    this.disk = disk;
    this.next = random(seed);
  }

  /** One state, unless it was made before. */
  private make(
    keep: (index: number) => boolean,
    fate: (ino: number) => Fate,
  ): InodeTable | undefined {
    const { pending, dirty, modes, durable, version } = this.disk;
    const names = pending.filter((_, index) => keep(index));
    const files = [...dirty].map(([ino, length]) => ({ ino, length, fate: fate(ino) }));
    const kept = [...modes].filter(([ino]) => fate(ino) === 'kept');
    const key = new Sum(version);
    names.forEach(({ id }) => key.add(id, 0));
    files.forEach((file) => key.add(mix(file.ino, file.length), 1 + FATES.indexOf(file.fate)));
    kept.forEach(([ino, mode]) => key.add(mix(ino, mode), 9));
    if (this.seen.has(key.value)) {
      return undefined;
    }
    this.seen.add(key.value);
    const table = durable.fork();
    names.forEach((change) => applyNames(table, change.names));
    for (const [ino, mode] of kept) {
      table.mutable(ino).mode = mode;
    }
    for (const file of files) {
      this.writeData(table, file);
    }
    return table;
  }

  /** What became of bytes between the last sync and the cut. */
  private writeData(table: InodeTable, file: { ino: number; length: number; fate: Fate }): void {
    if (file.fate === 'lost') {
      return;
    }
    const node = table.mutable(file.ino);
    const before = node.length;
    if (file.fate === 'zeros') {
      node.data = this.zeros.of(file.ino, node.data, before, file.length);
    }
    node.length =
      file.fate === 'torn' ? before + Math.floor((file.length - before) / 2) : file.length;
  }

  /** Every state where there are few, else what is most telling and then random ones. */
  *states(perPoint: number): Generator<InodeTable> {
    const count = this.disk.pending.length;
    const files = this.disk.dirty.size;
    const few = 2 ** count * 4 ** files <= perPoint;
    const choices = few ? this.all(count, files) : this.some(count, perPoint);
    let made = 0;
    let tries = 0;
    for (const [keep, fate] of choices) {
      const table = this.make(keep, fate);
      if (table !== undefined) {
        made++;
        yield table;
      }
      if (made >= perPoint || ++tries >= 2 * perPoint) {
        return;
      }
    }
  }

  private *all(count: number, files: number): Generator<Choice> {
    const order = [...this.disk.dirty.keys()];
    for (let mask = 0; mask < 2 ** count; mask++) {
      for (let fates = 0; fates < 4 ** files; fates++) {
        yield [
          (index) => ((mask >> index) & 1) === 1,
          (ino) => FATES[(fates >> (2 * Math.max(0, order.indexOf(ino)))) & 3]!,
        ];
      }
    }
  }

  private *some(count: number, perPoint: number): Generator<Choice> {
    const some = (): Fate => FATES[Math.floor(this.next() * FATES.length)]!;
    for (const fate of FATES) {
      yield [() => false, () => fate];
      yield [() => true, () => fate];
    }
    // One change alone lost, one alone kept: the shortest way to a missing sync.
    const first = Math.floor(this.next() * count);
    for (let n = 0; n < Math.min(count, perPoint / 4); n++) {
      const one = (first + n) % count;
      yield [(index) => index !== one, some];
      yield [(index) => index === one, some];
    }
    for (;;) {
      const share = this.next();
      yield [() => this.next() < share, some];
    }
  }
}

/** Which changes of names happened, and what became of bytes. */
type Choice = [keep: (index: number) => boolean, fate: (ino: number) => Fate];

/** A number of 53 bits for a set of pairs of numbers. */
class Sum {
  private low: number;
  private high: number;

  constructor(start: number) {
    this.low = mix(start, 1);
    this.high = mix(start, 2);
  }

  add(a: number, b: number): void {
    const one = mix(a, b);
    this.low = (this.low + one) | 0;
    this.high = (this.high + mix(one, a)) | 0;
  }

  get value(): number {
    return (this.high >>> 0) * 0x200000 + (this.low & 0x1fffff);
  }
}

/**
 * Every state (up to the limit a point) that a power cut during the logged run may leave.
 * @param start the files before the run, all of them durable
 * @param written the inodes after the run: the source of bytes
 */
export function* crashStates(
  start: InodeTable,
  log: readonly LogEntry[],
  written: InodeTable,
  options: CrashOptions,
): Generator<CrashState> {
  const disk = new Disk(start, written);
  const brancher = new Brancher(disk, options.seed);
  for (const [index, entry] of log.entries()) {
    disk.play(entry);
    if (entry.op !== 'new' && entry.op !== 'time') {
      for (const table of brancher.states(options.perPoint)) {
        yield { point: index + 1, table };
      }
    }
  }
}
