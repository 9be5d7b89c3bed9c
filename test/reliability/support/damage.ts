import { lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dice } from './mutate';

export const DAMAGES = ['flip', 'truncate', 'zero', 'delete', 'swap', 'append'] as const;
type Damage = (typeof DAMAGES)[number];

/** All files below a folder. */
export function filesBelow(dir: string, found: string[] = []): string[] {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) {
      filesBelow(path, found);
    } else {
      found.push(path);
    }
  }
  return found;
}

/**
 * Damages one file; `swap` gives it the content of another.
 * @returns what undoes it, or undefined when nothing changed
 */
export function damage(
  path: string,
  how: Damage,
  others: string[],
  dice: Dice,
): (() => void) | undefined {
  const before = readFileSync(path);
  const { mode } = lstatSync(path);
  const after = damaged(before, how, () => readFileSync(dice.of(others)), dice);
  if (after?.equals(before) === true) {
    return undefined;
  }
  // Made anew: nobody who shares the old file by a link sees this.
  rmSync(path);
  if (after !== undefined) {
    writeFileSync(path, after, { mode });
  }
  return () => {
    rmSync(path, { force: true, recursive: true });
    writeFileSync(path, before, { mode });
  };
}

function damaged(
  before: Buffer,
  how: Damage,
  another: () => Buffer,
  dice: Dice,
): Buffer | undefined {
  const after = Buffer.from(before);
  switch (how) {
    case 'flip':
      if (after.length > 0) {
        after[dice.below(after.length)]! ^= 1 << dice.below(8);
      }
      return after;
    case 'truncate':
      return after.subarray(0, dice.below(after.length + 1));
    case 'zero': {
      const from = dice.below(after.length + 1);
      return after.fill(0, from, Math.min(after.length, from + 1 + dice.below(512)));
    }
    case 'append':
      return Buffer.concat([after, Buffer.alloc(1 + dice.below(20), dice.below(256))]);
    case 'swap':
      return another();
    case 'delete':
      return undefined;
  }
}
