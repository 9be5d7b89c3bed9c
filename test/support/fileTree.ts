import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** A file with a mode of its own. */
export interface FileSpec {
  content: string | Uint8Array;
  mode: number;
}

/** A symbolic link. */
export interface LinkSpec {
  link: string;
}

/**
 * Text or bytes: a file. An object: a folder (`{}`: an empty one). `null`: removes what is there.
 * Keys may be paths (`'a/b.txt'`); folders in between are made.
 */
export type TreeSpec = {
  [name: string]: string | Uint8Array | null | FileSpec | LinkSpec | TreeSpec;
};

/** Writes files and folders below `dir` (made when missing) and returns `dir`. What is there is replaced. */
export function fileTree(dir: string, spec: TreeSpec): string {
  mkdirSync(dir, { recursive: true });
  for (const [name, value] of Object.entries(spec)) {
    const path = join(dir, name);
    if (value === null) {
      rmSync(path, { recursive: true, force: true });
      continue;
    }
    mkdirSync(dirname(path), { recursive: true });
    if (typeof value === 'string' || value instanceof Uint8Array) {
      writeFileSync(path, value);
    } else if (isLink(value)) {
      rmSync(path, { recursive: true, force: true });
      symlinkSync(value.link, path);
    } else if (isFile(value)) {
      writeFileSync(path, value.content);
      chmodSync(path, value.mode);
    } else {
      fileTree(path, value);
    }
  }
  return dir;
}

function isLink(value: FileSpec | LinkSpec | TreeSpec): value is LinkSpec {
  return 'link' in value && typeof value.link === 'string';
}

function isFile(value: FileSpec | TreeSpec): value is FileSpec {
  return 'mode' in value && typeof value.mode === 'number';
}

/** What {@link readTree} should show. */
export interface ReadTreeOptions {
  /** Put the mode before each entry (`644 text`). */
  modes?: boolean;
  /** Show the `.snapdir` at the top as well. */
  store?: boolean;
}

/**
 * A folder as a flat record, for `assert.deepEqual`: path → text of a file (`base64:…` when it is not
 * UTF-8), `<dir>` for a folder (its key ends in `/`), `-> target` for a link, `<special>` for others.
 * Keys are sorted. The store at the top is left out.
 */
export function readTree(dir: string, options: ReadTreeOptions = {}): Record<string, string> {
  const found: [string, string][] = [];
  visit(dir, '', options, found);
  found.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(found);
}

function visit(
  dir: string,
  prefix: string,
  options: ReadTreeOptions,
  found: [string, string][],
): void {
  for (const name of readdirSync(dir)) {
    if (prefix === '' && name === '.snapdir' && options.store !== true) {
      continue;
    }
    const path = join(dir, name);
    const stat = lstatSync(path);
    const mode = options.modes === true ? `${(stat.mode & 0o7777).toString(8)} ` : '';
    if (stat.isDirectory()) {
      found.push([`${prefix}${name}/`, `${mode}<dir>`]);
      visit(path, `${prefix}${name}/`, options, found);
    } else if (stat.isSymbolicLink()) {
      found.push([prefix + name, `-> ${readlinkSync(path)}`]);
    } else if (stat.isFile()) {
      found.push([prefix + name, mode + asText(readFileSync(path))]);
    } else {
      found.push([prefix + name, `${mode}<special>`]);
    }
  }
}

function asText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : `base64:${bytes.toString('base64')}`;
}
