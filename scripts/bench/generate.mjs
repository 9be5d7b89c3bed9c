// Files from a seeded generator: the same ones every time, on every machine.
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const MIB = 2 ** 20;
const PIECE = 64 * 1024;

/** Numbers from 0 to 2³² − 1: mulberry32, public domain. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** Bytes that do not compress; with `halfZero` every second piece is empty, as in images and databases. */
function writeNoise(path, { seed, size, halfZero }) {
  const next = random(seed);
  const fd = openSync(path, 'wx');
  const words = new Uint32Array(PIECE / 4);
  const zero = new Uint8Array(PIECE);
  try {
    for (let at = 0, piece = 0; at < size; at += PIECE, piece++) {
      const length = Math.min(PIECE, size - at);
      const empty = halfZero && piece % 2 === 1;
      if (!empty) for (let i = 0; i < words.length; i++) words[i] = next();
      writeSync(fd, empty ? zero : new Uint8Array(words.buffer), 0, length);
    }
  } finally {
    closeSync(fd);
  }
}

/** 40 files of 10 to 42 MB, about 1.2 GB: 8 are exact copies of others, 4 are half zeros. */
export function makeBinary(folder) {
  const sizes = random(7);
  const whole = [];
  for (let index = 0; index < 40; index++) {
    const dir = join(folder, `set${index % 5}`);
    mkdirSync(dir, { recursive: true });
    const copied = index >= 32 ? whole[(index - 32) * 4] : undefined;
    const size = Math.floor((10 + (sizes() % 3200) / 100) * MIB);
    const file = copied ?? { seed: 1000 + index, size, halfZero: index % 8 === 3 && index < 32 };
    whole.push(file);
    writeNoise(join(dir, `asset-${index}.bin`), file);
  }
}

const PACKAGES = 8;
const HUGE = 489_000;
const FILES_IN_FOLDER = 8;

/**
 * 489,000 small files in 61,125 folders below 8 packages, as 8 checkouts of one big project: the
 * packages hold the same contents, apart from one file in a hundred.
 */
export function makeHuge(folder, count = HUGE) {
  const each = Math.ceil(count / PACKAGES);
  for (let index = 0; index < count; index++) {
    const [part, own] = [Math.floor(index / each), index % each];
    const place = Math.floor(own / FILES_IN_FOLDER);
    const dir = join(folder, `package${part}`, `group${place >> 6}`, `module${place}`);
    if (own % FILES_IN_FOLDER === 0) mkdirSync(dir, { recursive: true });
    const content = own % 100 === 0 ? `${part}/${own}` : String(own);
    const text = `export const value = '${content}';\n`.repeat(1 + (random(own)() % 40));
    writeFileSync(join(dir, `file-${own}.ts`), text);
  }
}
