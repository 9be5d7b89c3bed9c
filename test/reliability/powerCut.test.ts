import { strict as assert } from 'node:assert';
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Agent, ENGINE } from './support/agent';
import { lookAfterwards } from './support/afterwards';
import {
  IMAGES,
  makeImage,
  memoryDisk,
  mount,
  unmount,
  whyNoMounts,
  whyNoTracing,
  whyNotKind,
  type ImageKind,
} from './support/disks';
import { report, scaled, SEED } from './support/figures';
import { Random } from './support/random';
import { Workload, wasKilled, type Promised } from './support/workload';

/**
 * T4: power cuts on real file systems. The extension's own engine works on ext4, xfs or btrfs in an image
 * file; at random moments that file is cloned (atomically: the image lies on xfs, whose clones take no
 * time). A clone is what the disk held at that moment: everything that had not been written yet is lost,
 * as when the power fails. It is mounted, which replays the journal, and the engine is started on it.
 */

/** Images that are taken from one run of the workload. */
const PER_RUN = 30;
const TOOLS = ['mount', 'mkfs.xfs', 'cp'];
/** Every system call that makes something durable does nothing and says that it did. */
const SYNCS = 'fsync,fdatasync,syncfs,sync';
const NO_SYNCS = [
  ...['strace', '-f', '--seccomp-bpf', '-qq', '-o', '/dev/null'],
  ...['-e', `trace=${SYNCS}`, '-e', `inject=${SYNCS}:retval=0`],
];

const run = promisify(execFile);

interface Cut {
  image: string;
  promised: Promised;
  /** The states that the folder may be in; undefined: it was being edited. */
  folder: Promised['folder'] | undefined;
}

let outer: string | undefined;

/** A place whose files can be cloned: xfs in memory. */
function clonablePlace(): string {
  if (outer === undefined) {
    const memory = memoryDisk();
    const image = makeImage(join(memory, 'outer.xfs'), 5000, [
      'mkfs.xfs',
      '-q',
      '-f',
      '-m',
      'reflink=1',
    ]);
    outer = mount(join(memory, 'outer'), '-o', 'loop', image);
  }
  return outer;
}

/** Cuts the power at random moments of a workload; returns what the disk held then. */
async function cutRepeatedly(
  kind: ImageKind,
  of: { count: number; random: Random; wrap: readonly string[] },
): Promise<{ cuts: Cut[]; steps: number }> {
  const place = clonablePlace();
  const { megabytes, mkfs, options } = IMAGES[kind];
  const name = `${kind}-${of.random.below(1e9)}`;
  const image = makeImage(join(place, name), megabytes, mkfs);
  const at = mount(join(place, '..', name), '-o', options, image);
  const agent = new Agent({ root: at, threads: ENGINE }, of.wrap);
  const work = new Workload(at, agent, of.random, of.wrap.length === 0);
  const cuts: Cut[] = [];
  let over = false;
  const working = (async () => {
    while (!over) {
      await work.step();
    }
  })();
  try {
    for (let n = 0; n < of.count; n++) {
      await Promise.race([sleep(of.random.below(150)), working]);
      cuts.push(await cut(work, image, `${image}-${n}`));
    }
  } finally {
    over = true;
    await working.catch((error: unknown) => {
      if (!wasKilled(error)) {
        throw error;
      }
    });
    await agent.close();
    unmount(at);
    rmSync(image);
  }
  return { cuts, steps: work.steps };
}

async function cut(work: Workload, image: string, to: string): Promise<Cut> {
  const promised = work.promised();
  await run('cp', ['--reflink=always', image, to]);
  const after = work.promised();
  // What somebody began to delete meanwhile may be gone; what was acknowledged meanwhile need not be there.
  const durable = new Map([...promised.durable].filter(([id]) => after.durable.has(id)));
  const known = promised.edits === after.edits;
  const folder = known ? [...new Set([...promised.folder, ...after.folder])] : undefined;
  return { image: to, promised: { ...promised, durable }, folder };
}

/** Mounts what the disk held, starts the engine on it, and says what is broken. */
function examine(
  kind: ImageKind,
  cut: Cut,
  random: Random,
): { broken: string[]; recovered: boolean } {
  const at = join(cut.image, '..', '..', `cut-${random.below(1e9)}`);
  mount(at, '-o', IMAGES[kind].options, cut.image);
  try {
    const action = random.pick(['finish', 'undo'] as const);
    const { promised, folder } = cut;
    const question = { root: at, promised, action, rebooted: true };
    const { broken, recovered } = lookAfterwards(
      folder === undefined ? question : { ...question, folder },
    );
    return { broken, recovered: recovered !== undefined };
  } finally {
    unmount(at);
    rmSync(cut.image);
  }
}

suite('T4: power cuts on real file systems', function () {
  this.timeout(3_600_000);
  const counts: [ImageKind, number][] = [
    ['ext4', 300],
    ['xfs', 150],
    ['btrfs', 150],
  ];

  for (const [kind, full] of counts) {
    const why = whyNoMounts(...TOOLS) ?? whyNotKind(kind);
    const name = `${kind}: nothing that was acknowledged is lost${why ? ` (skipped: ${why})` : ''}`;
    test(name, async function () {
      if (why !== undefined) {
        this.skip();
      }
      const random = new Random(SEED + full);
      const total = scaled(full, 5);
      const broken: string[] = [];
      let recovered = 0;
      let promises = 0;
      let steps = 0;
      // On a machine that is busy the first cuts may come before anything was promised.
      for (let done = 0; done < total || (promises === 0 && done < total + 40);) {
        const count = Math.min(PER_RUN, Math.max(1, total - done));
        const part = await cutRepeatedly(kind, { count, random, wrap: [] });
        steps += part.steps;
        for (const one of part.cuts) {
          const result = examine(kind, one, random);
          broken.push(...result.broken.map((what) => `image ${done}: ${what}`));
          recovered += result.recovered ? 1 : 0;
          promises += one.promised.durable.size;
          done++;
        }
      }
      const note = `${steps} operations, ${promises} promised checkpoints looked for, ${recovered} restores finished or undone`;
      report({
        test: 'T4',
        what: `power-cut images, ${kind}`,
        count: total,
        broken: broken.length,
        note,
      });
      assert.deepEqual(broken, []);
      assert.ok(promises > 0);
    });
  }

  for (const [kind] of counts) {
    const why = whyNoMounts(...TOOLS) ?? whyNotKind(kind) ?? whyNoTracing();
    const name = `${kind}: with syncs switched off the same test fails within 20${why ? ` (skipped: ${why})` : ''}`;
    test(name, async function () {
      if (why !== undefined) {
        this.skip();
      }
      const random = new Random(SEED);
      const { cuts } = await cutRepeatedly(kind, { count: 20, random, wrap: NO_SYNCS });
      const results = cuts.map((one) => examine(kind, one, random).broken);
      const first = results.findIndex((broken) => broken.length > 0);
      const failed = results.filter((broken) => broken.length > 0).length;
      // What names files is of no use to anybody afterwards.
      const what = results[first]?.[0]?.split(/[({]/)[0]?.trim() ?? '';
      const note = `${failed} of 20 noticed, the first at image ${first + 1}: ${what}`;
      report({
        test: 'T4',
        what: `images without syncs, ${kind}`,
        count: 20,
        broken: 0,
        note,
      });
      assert.notEqual(
        first,
        -1,
        'a store without syncs survived 20 power cuts: the test sees nothing',
      );
    });
  }
});
