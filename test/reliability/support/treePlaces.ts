import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createMethods, type MethodTable } from '../../../src/engine/engine';
import { hashOf } from '../../crash/oracle';
import { edit, memoryWith, startProcess } from '../../crash/processes';
import { directEngine } from '../../support/directEngine';
import { readTree } from '../../support/fileTree';
import { ramDir } from './ram';
import { writeTree, type DiskTree } from './trees';

/** Path → what is there; folders end in `/`. */
export type Seen = Record<string, string>;

/** A folder that random trees are written into, and the engine that works there. */
export interface TreePlace {
  readonly engine: MethodTable;
  /** Makes the folder hold this tree and nothing else but its store. */
  write(tree: DiskTree): void;
  see(): Seen;
  end(): void;
}

/** On a real file system. */
export function onDisk(): TreePlace {
  const root = join(ramDir(), 'work');
  mkdirSync(root);
  return {
    engine: directEngine(root),
    write: (tree) => writeTree(root, tree),
    see: () => {
      const seen = Object.entries(readTree(root, { modes: true }));
      // A link's own mode means nothing.
      return Object.fromEntries(
        seen.map(([path, text]) => [path, text.replace(/^\d+ (?=-> )/, '')]),
      );
    },
    end: () => undefined,
  };
}

/** On the file system in memory, several times as fast. A minute passes after each change. */
export function inMemory(): TreePlace {
  const fs = memoryWith({}, { syncFs: true });
  const process = startProcess(fs);
  const fill = (folder: string, { children, mode }: DiskTree): void => {
    for (const [name, node] of children) {
      const path = `${folder}/${name}`;
      if (node.kind === 'dir') {
        fs.mkdir(path, 0o755);
        fill(path, node);
      } else if (node.kind === 'link') {
        fs.symlink(node.target, path);
      } else {
        const fd = fs.open(path, 'wx', node.mode);
        fs.write(fd, node.bytes, 0, node.bytes.length);
        fs.close(fd);
      }
    }
    fs.chmod(folder, mode);
  };
  // A list: a file may be called `__proto__`.
  const visit = (dir: number, prefix: string, seen: [string, string][]): [string, string][] => {
    for (const [name, ino] of fs.table.get(dir).entries!) {
      const node = fs.table.get(ino);
      const path = prefix + name;
      const mode = node.mode.toString(8);
      if (path === '.snapdir') {
        continue;
      }
      if (node.kind === 'dir') {
        seen.push([`${path}/`, mode]);
        visit(ino, `${path}/`, seen);
      } else {
        seen.push([path, node.kind === 'link' ? `-> ${node.target}` : `${mode} ${hashOf(node)}`]);
      }
    }
    return seen;
  };
  return {
    engine: createMethods(process.env, { root: process.root }),
    write: (tree) => {
      const there = fs.readdir('/folder').filter(({ name }) => name !== '.snapdir');
      edit(fs, Object.fromEntries(there.map(({ name }) => [name, null])));
      fill('/folder', tree);
      fs.time += 60_000_000_000n;
    },
    see: () => Object.fromEntries(visit(fs.table.get(1).entries!.get('folder')!, '', [])),
    end: () => process.end(),
  };
}
