import type { Inode, InodeTable } from './inodes';
import { hashOf } from './oracle';

/**
 * A number for what somebody finds who looks at a state from outside: everything that `oracle.ts` and the
 * comparison of the folder look at, and nothing else. Many power cuts leave what nobody can tell apart (a draft that no
 * name leads to is torn or is not); states with the same number need to be looked at once.
 */
export function printOf(table: InodeTable): number {
  low = 0;
  high = 0;
  const folder = table.get(1).entries!.get('folder')!;
  for (const [name, ino] of table.get(folder).entries!) {
    if (name === STORE) {
      for (const [part, below] of table.get(ino).entries!) {
        if (part === MARKS) {
          // Of marks only their age is looked at.
          table.get(below).entries!.forEach((mark) => add(MARK, timeOf(table.get(mark))));
        } else if (LOOKED_AT.has(part)) {
          visit(table, below, part, 1);
        }
      }
    } else {
      visit(table, ino, name, 2);
    }
  }
  // 53 bits.
  return (high >>> 0) * 0x200000 + (low & 0x1fffff);
}

const STORE = '.snapdir';
const MARKS = 'unsynced';
const MARK = 3;
const LOOKED_AT = new Set(['.objects', '.manifests', 'records', 'trash']);

let low = 0;
let high = 0;

/** Adds a file or folder and all below it; in which order makes no difference. */
function visit(table: InodeTable, ino: number, name: string, at: number): void {
  const node = table.get(ino);
  const path = mix(at, numberOf(name));
  add(path, node.kind === 'dir' ? node.mode : printOfFile(node));
  if (node.entries !== undefined) {
    for (const [child, below] of node.entries) {
      visit(table, below, child, path);
    }
  }
}

function add(path: number, what: number): void {
  const own = mix(path, what);
  low = (low + own) | 0;
  high = (high + mix(own, path)) | 0;
}

const timeOf = (node: Inode): number => Number(node.mtime % 0x3fffffffn);

function printOfFile(node: Inode): number {
  if (node.print === 0) {
    const content = node.kind === 'link' ? `-> ${node.target}` : hashOf(node);
    node.print = mix(mix(numberOf(content), node.mode), timeOf(node)) || 1;
  }
  return node.print;
}

const numbers = new Map<string, number>();

function numberOf(text: string): number {
  let number = numbers.get(text);
  if (number === undefined) {
    number = numbers.size + 1;
    numbers.set(text, number);
  }
  return number;
}

/** Mixes two numbers of 32 bits into one (the steps of MurmurHash3). */
export function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul((b + 0x9e3779b9) | 0, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13), 0x27d4eb2f);
  return hash ^ (hash >>> 15);
}
