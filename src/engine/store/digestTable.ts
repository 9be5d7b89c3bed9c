import { invariant } from '../../base/invariant';
import { freeMemory } from '../../base/freeMemory';

/**
 * Addresses packed as 32 bytes each in an open-addressing table: half a million take 24 MB where a Set of
 * texts takes 70, and threads can share them.
 */
export interface DigestColumns {
  /** Row → eight words. */
  words: Uint32Array;
  /** Slot → 1 + row; 0: free. A power of two, at most half of it used. */
  slots: Uint32Array;
  /** Makes the places of addresses unforeseeable: whoever forges a manifest chooses its checksums. */
  seeds: Uint32Array;
}

const WORDS = 8;
const HEX_DIGITS = 64;

const NIBBLES = new Uint8Array(256).fill(0xff);
for (let value = 0; value < 16; value++) {
  NIBBLES[value.toString(16).charCodeAt(0)] = value;
}

/** Reads 64 lower-case hex digits out of bytes. Returns whether they are. */
export function wordsOfBytes(bytes: Uint8Array, at: number, into: Uint32Array): boolean {
  let odd = 0;
  for (let word = 0, from = at; word < WORDS; word++) {
    let value = 0;
    for (const end = from + WORDS; from < end; from++) {
      const nibble = NIBBLES[bytes[from] ?? 0]!;
      odd |= nibble;
      value = (value << 4) | nibble;
    }
    into[word] = value;
  }
  return odd < 16;
}

/** As {@link wordsOfBytes}, out of a text that is nothing else. */
export function wordsOfHex(hex: string, into: Uint32Array): boolean {
  let odd = hex.length === HEX_DIGITS ? 0 : 0xff;
  for (let word = 0, from = 0; word < WORDS; word++) {
    let value = 0;
    for (const end = from + WORDS; from < end; from++) {
      const nibble = NIBBLES[hex.charCodeAt(from) & 0xff]!;
      odd |= hex.charCodeAt(from) > 0xff ? 0xff : nibble;
      value = (value << 4) | nibble;
    }
    into[word] = value;
  }
  return odd < 16;
}

/** The address that begins at a word. */
export function hexOfWords(words: Uint32Array, at: number): string {
  let hex = '';
  for (let word = at; word < at + WORDS; word++) {
    hex += words[word]!.toString(16).padStart(WORDS, '0');
  }
  return hex;
}

function slotOf({ seeds, slots }: DigestColumns, words: Uint32Array, at: number): number {
  let hash = 0;
  for (let word = 0; word < WORDS; word++) {
    hash = Math.imul(hash ^ words[at + word]!, seeds[word]!);
    hash ^= hash >>> 15;
  }
  return hash & (slots.length - 1);
}

/** The row of an address, or −1. For threads that see columns only; nobody may add meanwhile. */
export function findDigest(columns: DigestColumns, wanted: Uint32Array): number {
  const { words, slots } = columns;
  for (let slot = slotOf(columns, wanted, 0); ; slot = (slot + 1) & (slots.length - 1)) {
    const row = slots[slot]! - 1;
    if (row < 0 || sameWords(words, row * WORDS, wanted)) {
      return row;
    }
  }
}

function sameWords(words: Uint32Array, at: number, wanted: Uint32Array): boolean {
  for (let word = 0; word < WORDS; word++) {
    if (words[at + word] !== wanted[word]) {
      return false;
    }
  }
  return true;
}

/** Makes room for words. */
type Allocate = (count: number) => Uint32Array;

/** In memory of this thread alone. */
export const ownWords: Allocate = (count) => new Uint32Array(count);

function shared(count: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(4 * count));
}

function randomSeeds(): Uint32Array {
  // Odd factors lose nothing.
  return shared(WORDS).map(() => (Math.random() * 2 ** 32) | 1);
}

/** A growing set of addresses; each has a row number, in the order in which they came. */
export class DigestTable {
  /** Replaced when the table grows. */
  columns: DigestColumns;
  private count = 0;
  private readonly wanted = new Uint32Array(WORDS);
  private readonly allocate: Allocate;

  /** @param allocate {@link ownWords}: in memory that {@link free} gives back. Default: in memory that threads share */
  constructor(capacity = 1024, allocate: Allocate = shared) {
    this.allocate = allocate;
    const rows = 2 ** Math.ceil(Math.log2(Math.max(16, capacity)));
    this.columns = {
      words: allocate(rows * WORDS),
      slots: allocate(2 * rows),
      seeds: randomSeeds(),
    };
  }

  /** Nobody looks into it any more. */
  free(): void {
    const { words, slots } = this.columns;
    freeMemory(words, slots);
    this.count = 0;
  }

  get length(): number {
    return this.count;
  }

  /** Adds 64 hex digits out of bytes; gives their row, or −1 when they are not hex digits. */
  addBytes(bytes: Uint8Array, at: number): number {
    return wordsOfBytes(bytes, at, this.wanted) ? this.add() : -1;
  }

  /** Adds a checked address; gives its row. */
  addHex(hex: string): number {
    invariant(wordsOfHex(hex, this.wanted), 'only a checked address is added');
    return this.add();
  }

  has(hex: string): boolean {
    return this.row(hex) >= 0;
  }

  /** The row of an address, or −1. */
  row(hex: string): number {
    return wordsOfHex(hex, this.wanted) ? findDigest(this.columns, this.wanted) : -1;
  }

  /** The row of 64 hex digits among bytes, or −1. */
  rowOfBytes(bytes: Uint8Array, at: number): number {
    return wordsOfBytes(bytes, at, this.wanted) ? findDigest(this.columns, this.wanted) : -1;
  }

  hex(row: number): string {
    return hexOfWords(this.columns.words, row * WORDS);
  }

  private add(): number {
    const known = findDigest(this.columns, this.wanted);
    if (known >= 0) {
      return known;
    }
    if (2 * (this.count + 1) > this.columns.slots.length) {
      this.grow();
    }
    const { words } = this.columns;
    words.set(this.wanted, this.count * WORDS);
    this.place(this.count);
    return this.count++;
  }

  private place(row: number): void {
    const { columns } = this;
    const { slots, words } = columns;
    let slot = slotOf(columns, words, row * WORDS);
    while (slots[slot] !== 0) {
      slot = (slot + 1) & (slots.length - 1);
    }
    slots[slot] = row + 1;
  }

  private grow(): void {
    const { words, slots, seeds } = this.columns;
    const { allocate } = this;
    this.columns = { words: allocate(2 * words.length), slots: allocate(2 * slots.length), seeds };
    this.columns.words.set(words);
    freeMemory(words, slots);
    for (let row = 0; row < this.count; row++) {
      this.place(row);
    }
  }
}
