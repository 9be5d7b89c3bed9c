import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SnapdirError } from '../../src/core/errors';
import { quietControl } from '../../src/engine/context';
import { directEngine, everything } from '../support/directEngine';
import { fileTree, type TreeSpec } from '../support/fileTree';
import { tempDir } from '../support/tempDir';
import { ageTrash } from './support/aged';
import { lookAfterwards, same } from './support/afterwards';
import { filesIn } from './support/diskView';
import {
  attach,
  IMAGES,
  makeImage,
  memoryDisk,
  mount,
  unmount,
  whyNoMounts,
} from './support/disks';
import { report } from './support/figures';
import { HOME } from './support/home';
import { command } from './support/kills';
import type { Files } from './support/workload';

/**
 * T13: the same work on nine file systems: takes, restore, undo, deletion, garbage collection that really
 * deletes, verification, by the engine and by the command. Each comes out right, byte by byte.
 */

interface FileSystem {
  name: string;
  tools: string[];
  /** Mounts it somewhere below an empty folder and returns where. */
  make: (this: void, place: string) => string;
}

const image = (kind: keyof typeof IMAGES): FileSystem => ({
  name: kind,
  tools: [IMAGES[kind].mkfs[0]],
  make: (place) => {
    const { megabytes, mkfs, options } = IMAGES[kind];
    const file = makeImage(join(place, 'image'), megabytes, mkfs);
    return mount(join(place, 'at'), '-o', options, file);
  },
});

const SYSTEMS: FileSystem[] = [
  image('ext4'),
  {
    name: 'ext2, which has no journal',
    tools: ['mkfs.ext2'],
    make: (place) => {
      const file = makeImage(join(place, 'image'), 96, ['mkfs.ext2', '-q', '-F']);
      return mount(join(place, 'at'), '-o', 'loop', file);
    },
  },
  image('xfs'),
  image('btrfs'),
  {
    name: 'tmpfs',
    tools: [],
    make: (place) => mount(join(place, 'at'), '-t', 'tmpfs', '-o', 'size=200m', 'none'),
  },
  {
    name: 'overlay, as containers have it',
    tools: [],
    make: (place) => {
      const [lower, upper, work] = ['lower', 'upper', 'work'].map((one) => join(place, one));
      [lower, upper, work].forEach((dir) => mkdirSync(dir!));
      fileTree(join(lower!, 'folder'), { 'from-below': 'in the image', d0: { below: 'too' } });
      const layers = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
      return mount(join(place, 'at'), '-t', 'overlay', '-o', layers, 'overlay');
    },
  },
  {
    name: 'exfat, without links and modes',
    tools: ['mkfs.exfat', 'mount.exfat-fuse', 'losetup'],
    make: (place) => {
      const file = makeImage(join(place, 'image'), 96, ['mkfs.exfat']);
      mkdirSync(join(place, 'at'));
      const device = execFileSync('losetup', ['-f', '--show', file], { encoding: 'utf8' }).trim();
      const at = attach(join(place, 'at'), 'mount.exfat-fuse', device);
      // Goes with the mount.
      execFileSync('losetup', ['-d', device]);
      return at;
    },
  },
  {
    name: 'ntfs with the names of Windows',
    tools: ['mkntfs', 'ntfs-3g'],
    make: (place) => {
      const file = makeImage(join(place, 'image'), 96, ['mkntfs', '-q', '-F']);
      mkdirSync(join(place, 'at'));
      return attach(join(place, 'at'), 'ntfs-3g', '-o', 'windows_names', file);
    },
  },
  {
    name: 'disorderfs, which lists in another order each time',
    tools: ['disorderfs'],
    make: (place) => {
      mkdirSync(join(place, 'below'));
      mkdirSync(join(place, 'at'));
      return attach(
        join(place, 'at'),
        'disorderfs',
        '-q',
        '--shuffle-dirents=yes',
        join(place, 'below'),
      );
    },
  },
];

const FIRST: TreeSpec = {
  ...Object.fromEntries(Array.from({ length: 90 }, (_, n) => [`d${n % 6}/f${n}`, `first ${n}`])),
  'ünï ☃.txt': 'names in other scripts',
  'large.bin': 'x'.repeat(2_500_000),
};
const EDITS: TreeSpec = {
  'd0/f0': null,
  'd1/f1': 'edited',
  d2: null,
  'new/deep/file': 'new',
  'large.bin': 'y'.repeat(2_000_000),
};

/** Works in a folder; returns what came out otherwise than it should. */
async function work(root: string): Promise<string[]> {
  const engine = directEngine(root, { home: HOME });
  const durable = new Map<string, Files>();
  const broken: string[] = [];
  const take = (): string => {
    const { checkpoint, skipped } = engine.take(
      { trigger: 'manual', rules: everything },
      quietControl,
    );
    durable.set(checkpoint.id, filesIn(root));
    broken.push(...skipped.map(({ path }) => `${path} was left out`));
    return checkpoint.id;
  };
  const expect = (files: Files, what: string): void => {
    if (!same(filesIn(root), files)) {
      broken.push(`${what}: the folder is another`);
    }
  };
  fileTree(root, FIRST);
  const first = take();
  const firstFiles = filesIn(root);
  const edited = filesIn(fileTree(root, EDITS));
  engine.take({ trigger: 'auto', rules: everything }, quietControl);
  const second = take();
  engine.restore({ rev: first, exact: true, rules: everything }, quietControl);
  expect(firstFiles, 'restore');
  engine.undo({ what: 'undo', rules: everything }, quietControl);
  expect(edited, 'undo');
  engine.delete({ revs: [second] }, quietControl);
  durable.delete(second);
  for (let round = 0; round < 2; round++) {
    engine.collectGarbage({ dryRun: false, graceMs: 0 }, quietControl);
    ageTrash(root);
  }
  for (const args of [
    ['take', '-q'],
    ['verify', '--full'],
    ['restore', first, '--exact', '--yes'],
  ]) {
    const { code, stderr } = await command(root, args);
    if (code !== 0) {
      broken.push(`snapdir ${args[0]!}: exit ${String(code)} ${stderr}`);
    }
  }
  const promised = { durable, folder: [firstFiles], edits: 0 };
  const question = { root, promised, folder: [firstFiles], action: 'undo' } as const;
  return [...broken, ...lookAfterwards({ ...question, rebooted: false }).broken];
}

/** Names that Windows refuses, and some that others take for one. */
const ODD = ['a:b', 'CON', 'end.', 'q?.md', 'dir*/x', 'Readme', 'README', 'é', 'e\u0301', 'plain'];

/**
 * A copy of a folder from elsewhere whose names may not stand here (H28, H36): nothing is missing, under its own
 * name or the one in the list.
 * @returns what came out wrong, and how many names had to be changed
 */
function copyOdd(at: string): { broken: string[]; renamed: number } {
  const root = join(tempDir(), 'folder');
  fileTree(root, Object.fromEntries(ODD.map((path) => [path, `of ${path}`])));
  const engine = directEngine(root, { home: HOME });
  engine.take({ trigger: 'manual', rules: everything }, quietControl);
  const params = { rev: 'HEAD', mode: 'safe', destination: at } as const;
  const { path, renamed, failed } = engine.restoreTo(params, quietControl);
  const broken = failed.map((one) => `the copy: ${one.path} failed: ${one.reason}`);
  const names = new Map<string, string>();
  for (const line of renamed === null ? [] : readFileSync(renamed.list, 'utf8').split('\n')) {
    const [place, name] = line.split('\t');
    if (place !== undefined && name !== undefined) {
      names.set(name, place);
    }
  }
  for (const one of ODD) {
    const full = `folder/${one}`;
    const file = join(path, '..', names.get(full) ?? full);
    if (!existsSync(file) || readFileSync(file, 'utf8') !== `of ${one}`) {
      broken.push(`the copy: ${one} is not at ${names.get(full) ?? full}`);
    }
  }
  return { broken, renamed: names.size };
}

/** Not every kernel can mount everything: undefined then, with a word about it. */
function orNothing(make: () => string): string | undefined {
  try {
    return make();
  } catch (error) {
    process.stderr.write(`T13: skipped: cannot be mounted here: ${(error as Error).message}\n`);
    return undefined;
  }
}

suite('T13: file systems', function () {
  this.timeout(300_000);

  for (const { name, tools, make } of SYSTEMS) {
    const why = whyNoMounts('mount', ...tools);
    test(`${name}${why === undefined ? '' : ` (skipped: ${why})`}`, async function () {
      if (why !== undefined) {
        this.skip();
      }
      const place = memoryDisk('size=1g');
      mkdirSync(join(place, 'one'));
      const at = orNothing(() => make(join(place, 'one')));
      if (at === undefined) {
        unmount(place);
        this.skip();
      }
      const root = join(at, 'folder');
      mkdirSync(root, { recursive: true });
      let broken: string[] = [];
      let renamed = 0;
      try {
        broken = await work(root);
        const odd = copyOdd(at);
        renamed = odd.renamed;
        broken.push(...odd.broken);
      } catch (error) {
        broken.push(
          SnapdirError.is(error) ? `refused: ${error.message}` : String((error as Error).stack),
        );
      } finally {
        unmount(at);
        unmount(place);
      }
      const note = renamed === 0 ? '' : `${renamed} names of a copy were changed`;
      const what = `file system: ${name.split(/[ ,]/)[0]!}`;
      report({ test: 'T13', what, count: 1, broken: broken.length, note });
      assert.deepEqual(broken.slice(0, 10), []);
      // exFAT folds case, NTFS with the names of Windows refuses some.
      assert.equal(renamed > 0, /^(exfat|ntfs)/.test(name));
    });
  }
});
