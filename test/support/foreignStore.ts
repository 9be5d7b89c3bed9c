import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileTree } from './fileTree';
import { goldenRoot } from './paths';
import { tempDir } from './tempDir';

/** Where a manifest or object lies in a store (store-format §4). */
export function shard(id: string): string {
  return join(id.slice(0, 3), id.slice(3, 6), id.slice(6, 9), id.slice(9));
}

/** A folder without files whose `.snapdir` is a store as snapdir itself leaves it. */
export function foreignStore(name: string): string {
  const dir = tempDir();
  cpSync(join(goldenRoot, name, 'store'), join(dir, '.snapdir'), { recursive: true });
  return dir;
}

/** Puts a manifest's text into the store in `dir`, without its objects. */
export function plantManifest(dir: string, id: string, text: Uint8Array): string {
  const path = join(dir, '.snapdir', '.manifests', shard(id));
  fileTree(dirname(path), { [id.slice(9)]: text });
  return dir;
}
