import type { InodeTable } from './inodes';
import type { LogEntry } from './memoryCore';

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

interface PendingNames {
  id: number;
  names: { dir: number; name: string; ino: number }[];
}

/**
 * Plays a log and tracks what is durable. The model is POSIX with atomic renames: names change in any
 * order and any subset until their folder is synced, bytes and modes until the file is; a rename is
 * one change (as every journaling file system has it), synced through either folder.
 */
class Disk {
  /** What survives for certain. */
  readonly durable: InodeTable;
  pending: PendingNames[] = [];
  readonly dirty = new Map<number, number>();
  readonly modes = new Map<number, number>();
  /** Grows whenever `durable` changes. */
  version = 0;
  private ids = 0;
  private readonly written: InodeTable;

  /** @param written where the bytes of inodes made by the run are */
  constructor(start: InodeTable, written: InodeTable) {
    this.durable = start.fork();
    this.written = written;
  }

  play(entry: LogEntry): void {
    switch (entry.op) {
      case 'new':
        this.durable.add(entry.ino, entry.kind, entry.mode, entry.time, entry.target).data =
          this.written.get(entry.ino).data;
        break;
      case 'names':
        this.pending.push({ id: this.ids++, names: entry.names });
        break;
      case 'data':
        this.dirty.set(entry.ino, entry.length);
        break;
      case 'mode':
        this.modes.set(entry.ino, entry.mode);
        break;
      case 'time':
        this.durable.mutable(entry.ino).mtime = entry.time;
        break;
      case 'fsync':
        this.syncInode(entry.ino);
        break;
      case 'fsyncDir':
        this.syncInode(entry.ino);
        this.commit((names) => names.some((name) => name.dir === entry.ino));
        break;
      case 'sync':
        for (const ino of [...this.dirty.keys(), ...this.modes.keys()]) {
          this.syncInode(ino);
        }
        this.commit(() => true);
    }
  }

  private syncInode(ino: number): void {
    const length = this.dirty.get(ino);
    const mode = this.modes.get(ino);
    if (length !== undefined) {
      this.durable.mutable(ino).length = length;
      this.dirty.delete(ino);
      this.version++;
    }
    if (mode !== undefined) {
      this.durable.mutable(ino).mode = mode;
      this.modes.delete(ino);
      this.version++;
    }
  }

  /** Makes the chosen name changes durable, with every earlier change of the same names. */
  private commit(chosen: (names: PendingNames['names']) => boolean): void {
    const needed = new Set<string>();
    const kept: PendingNames[] = [];
    const done: PendingNames[] = [];
    for (const change of this.pending.toReversed()) {
      const keys = change.names.map((name) => `${name.dir}/${name.name}`);
      if (chosen(change.names) || keys.some((key) => needed.has(key))) {
        keys.forEach((key) => needed.add(key));
        done.push(change);
      } else {
        kept.push(change);
      }
    }
    for (const change of done.reverse()) {
      this.version++;
      applyNames(this.durable, change.names);
    }
    this.pending = kept.reverse();
  }
}

function applyNames(table: InodeTable, names: PendingNames['names']): void {
  for (const { dir, name, ino } of names) {
    table.assign(dir, name, ino);
  }
}

/** What became of bytes between the last sync and the cut. */
function writeData(table: InodeTable, file: { ino: number; length: number; fate: Fate }): void {
  const node = table.mutable(file.ino);
  const before = node.length;
  switch (file.fate) {
    case 'lost':
      return;
    case 'torn':
      node.length = before + Math.floor((file.length - before) / 2);
      return;
    case 'kept':
      node.length = file.length;
      return;
    case 'zeros': {
      const bytes = new Uint8Array(file.length);
      bytes.set(node.data.subarray(0, before));
      node.data = bytes;
      node.length = file.length;
    }
  }
}

/** Makes the states after one change, without repeating any. */
class Brancher {
  private readonly seen = new Set<string>();
  private readonly next: () => number;
  private readonly disk: Disk;

  constructor(disk: Disk, seed: number) {
    this.disk = disk;
    this.next = random(seed);
  }

  /** One state, unless it was made before. */
  make(keep: (index: number) => boolean, fate: (ino: number) => Fate): InodeTable | undefined {
    const { disk } = this;
    const names = disk.pending.filter((_, index) => keep(index));
    const files = [...disk.dirty].map(([ino, length]) => ({ ino, length, fate: fate(ino) }));
    const modes = [...disk.modes].filter(([ino]) => fate(ino) === 'kept');
    const key = `${disk.version}:${names.map((n) => n.id).join()}:${files.map((f) => `${f.ino}${f.length}${f.fate}`).join()}:${modes.join()}`;
    if (this.seen.has(key)) {
      return undefined;
    }
    this.seen.add(key);
    const table = disk.durable.fork();
    names.forEach((change) => applyNames(table, change.names));
    for (const [ino, mode] of modes) {
      table.mutable(ino).mode = mode;
    }
    for (const file of files) {
      writeData(table, file);
    }
    return table;
  }

  *states(perPoint: number): Generator<InodeTable> {
    const count = this.disk.pending.length;
    const files = this.disk.dirty.size;
    const some = (): Fate => FATES[Math.floor(this.next() * FATES.length)]!;
    const all = new Set<InodeTable | undefined>();
    if (2 ** count * 4 ** files <= perPoint) {
      for (let mask = 0; mask < 2 ** count; mask++) {
        for (let fates = 0; fates < 4 ** files; fates++) {
          const order = [...this.disk.dirty.keys()];
          const fate = (ino: number): Fate =>
            FATES[(fates >> (2 * Math.max(0, order.indexOf(ino)))) & 3]!;
          all.add(this.make((index) => ((mask >> index) & 1) === 1, fate));
        }
      }
    } else {
      for (const fate of FATES) {
        all.add(
          this.make(
            () => false,
            () => fate,
          ),
        );
        all.add(
          this.make(
            () => true,
            () => fate,
          ),
        );
      }
      // One change alone lost, one alone kept: the shortest way to a missing sync.
      for (let one = 0; one < count && all.size < perPoint / 2; one++) {
        all.add(this.make((index) => index !== one, some));
        all.add(this.make((index) => index === one, some));
      }
      for (let tries = 0; tries < perPoint && all.size < perPoint; tries++) {
        const share = this.next();
        all.add(this.make(() => this.next() < share, some));
      }
    }
    all.delete(undefined);
    yield* all as Set<InodeTable>;
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
