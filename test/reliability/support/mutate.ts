import { random } from '../../crash/crashStates';

/** What has gone wrong in some parser: put into texts, and names of files. */
export const NASTY = [
  ...[
    '..',
    '../',
    '/',
    '//',
    '\\',
    '..\\',
    './',
    '.git',
    '.GIT',
    'git~1',
    '.git.',
    '.git ',
    '.snapdir',
  ],
  ...[
    '.git::$INDEX_ALLOCATION',
    '.g\u200cit',
    '\u2024git',
    'C:',
    'C:\\',
    '\\\\?\\',
    'CON',
    'nul.txt',
    'aux',
  ],
  ...[
    '\0',
    '\r',
    '\r\n',
    '\n',
    '\t',
    '\x7f',
    '#',
    ' ',
    '  ',
    '\ufeff',
    '\u2028',
    '\ud800',
    '\u{10ffff}',
  ],
  ...[
    '-1',
    '0',
    '00',
    '+1',
    '1e9',
    '9007199254740992',
    '9007199254740991',
    '18446744073709551616',
    '0x10',
  ],
  ...[
    'F',
    'D',
    'L',
    'f',
    '7777',
    '07777',
    '8',
    'null',
    'true',
    '[]',
    '{}',
    '""',
    '\\u0000',
    '\\ud800',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'length',
    'a'.repeat(255),
    'b'.repeat(256),
    'd/'.repeat(130),
  ],
  ...[
    'é',
    'e\u0301',
    '%2e%2e',
    '0'.repeat(64),
    'f'.repeat(64),
    'F'.repeat(64),
    '0'.repeat(63),
    'D 755 ',
  ],
] as const;

const tokens = NASTY.map((text) => Buffer.from(text, 'utf8'));

/** Repeatable choices. */
export class Dice {
  private readonly next: () => number;

  constructor(seed: number) {
    this.next = random(seed);
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  of<T>(all: readonly T[]): T {
    return all[this.below(all.length)]!;
  }
}

function splice(bytes: Buffer, at: number, remove: number, insert: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);
}

/** Where a line begins and ends (with its LF). */
function someLine(bytes: Buffer, dice: Dice): [number, number] {
  const from = bytes.lastIndexOf(0x0a, Math.max(0, dice.below(bytes.length + 1) - 1)) + 1;
  const end = bytes.indexOf(0x0a, from);
  return [from, end < 0 ? bytes.length : end + 1];
}

/** Where a field of a line, or what JSON puts between punctuation, begins and ends. */
function someField(bytes: Buffer, dice: Dice): [number, number] {
  const stops = ' \n",:[]{}';
  const at = dice.below(bytes.length);
  let from = at;
  let end = at;
  while (from > 0 && !stops.includes(String.fromCharCode(bytes[from - 1]!))) {
    from--;
  }
  while (end < bytes.length && !stops.includes(String.fromCharCode(bytes[end]!))) {
    end++;
  }
  return [from, end];
}

/** One change to a text that has lines and fields. */
function change(bytes: Buffer, other: Buffer, dice: Dice): Buffer {
  const at = dice.below(bytes.length + 1);
  switch (dice.below(10)) {
    case 0: {
      const copy = Buffer.from(bytes);
      if (at < copy.length) {
        copy[at]! ^= 1 << dice.below(8);
      }
      return copy;
    }
    case 1:
      return splice(bytes, at, 0, dice.of(tokens));
    case 2:
      return splice(bytes, at, dice.below(20), Buffer.alloc(0));
    case 3:
      return splice(bytes, at, 0, Buffer.from([dice.below(256)]));
    case 4: {
      const [from, end] = someLine(bytes, dice);
      return splice(bytes, from, 0, bytes.subarray(from, end));
    }
    case 5: {
      const [from, end] = someLine(bytes, dice);
      return splice(bytes, from, end - from, Buffer.alloc(0));
    }
    case 6: {
      const [from, end] = someLine(other, dice);
      return splice(bytes, someLine(bytes, dice)[0], 0, other.subarray(from, end));
    }
    case 7: {
      const [from, end] = someField(bytes, dice);
      return splice(bytes, from, end - from, dice.of(tokens));
    }
    case 8: {
      const [from, end] = someField(bytes, dice);
      const [otherFrom, otherEnd] = someField(other, dice);
      return splice(bytes, from, end - from, other.subarray(otherFrom, otherEnd));
    }
    default:
      return bytes.subarray(0, at);
  }
}

/** A text like these, with one to four changes. */
export function mutate(corpus: readonly Buffer[], dice: Dice): Buffer {
  let bytes = dice.of(corpus);
  for (let n = 1 + dice.below(4); n > 0 && bytes.length > 0; n--) {
    bytes = change(bytes, dice.of(corpus), dice);
  }
  return bytes;
}
