import fc from 'fast-check';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { isProtectedName } from '../../../src/core/paths';
import { name } from '../../unit/core/arbitraries';

/** A tree that can be written to a disk: names that went wrong somewhere, modes, links, empty folders. */
export type DiskNode =
  | { kind: 'file'; bytes: Uint8Array; mode: number }
  | { kind: 'link'; target: string }
  | { kind: 'dir'; mode: number; children: [string, DiskNode][] };
export type DiskTree = Extract<DiskNode, { kind: 'dir' }>;

const diskName = name.filter((one) => !isProtectedName(one) && Buffer.byteLength(one) <= 255);

const bytes = fc.oneof(
  // Few texts, so that contents repeat, and the empty file is among them.
  { weight: 6, arbitrary: fc.nat(9).map((n) => Buffer.from(n === 0 ? '' : `text ${n}\n`)) },
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  // Around the sizes where BLAKE3's tree and our pieces begin anew.
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom(1024, 2048, 65_536, 262_144),
        fc.integer({ min: -1, max: 1 }),
        fc.nat(250),
      )
      .map(([size, more, byte]) => new Uint8Array(size + more).fill(byte)),
  },
);

const file: fc.Arbitrary<DiskNode> = fc.record({
  kind: fc.constant('file' as const),
  bytes,
  mode: fc.constantFrom(0o644, 0o644, 0o755, 0o600, 0o444, 0o711),
});

const link: fc.Arbitrary<DiskNode> = fc.record({
  kind: fc.constant('link' as const),
  target: fc.constantFrom('a', '../a', '/etc/passwd', 'not there', '.', '\u{1f600}'),
});

function dir(depth: number): fc.Arbitrary<DiskTree> {
  const child: fc.Arbitrary<DiskNode> =
    depth === 0
      ? fc.oneof({ weight: 5, arbitrary: file }, { weight: 1, arbitrary: link })
      : fc.oneof(
          { weight: 5, arbitrary: file },
          { weight: 1, arbitrary: link },
          { weight: 3, arbitrary: dir(depth - 1) },
        );
  return fc.record({
    kind: fc.constant('dir' as const),
    mode: fc.constantFrom(0o755, 0o755, 0o700, 0o555),
    children: fc.uniqueArray(fc.tuple(diskName, child), { selector: ([one]) => one, maxLength: 7 }),
  });
}

/** Any tree up to four folders deep. */
export const diskTree: fc.Arbitrary<DiskTree> = dir(3);

/** Makes a folder (which must exist) hold this tree and nothing else but its store. */
export function writeTree(root: string, tree: DiskTree): void {
  for (const one of readdirSync(root)) {
    if (one !== '.snapdir') {
      rmSync(`${root}/${one}`, { recursive: true, force: true });
    }
  }
  fill(root, tree);
}

function fill(folder: string, { children, mode }: DiskTree): void {
  for (const [one, node] of children) {
    const path = `${folder}/${one}`;
    if (node.kind === 'dir') {
      mkdirSync(path);
      fill(path, node);
    } else if (node.kind === 'link') {
      symlinkSync(node.target, path);
    } else {
      writeFileSync(path, node.bytes);
      chmodSync(path, node.mode);
    }
  }
  chmodSync(folder, mode | (process.getuid?.() === 0 ? 0 : 0o700));
}

/** How many files, folders and links a tree has. */
export function countNodes(node: DiskNode): number {
  return node.kind === 'dir'
    ? 1 + node.children.reduce((sum, [, child]) => sum + countNodes(child), 0)
    : 1;
}

/** The mode of a folder itself. */
export function modeOf(path: string): number {
  return lstatSync(path).mode & 0o7777;
}
