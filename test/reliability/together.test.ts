import { strict as assert } from 'node:assert';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { quietControl } from '../../src/engine/context';
import { directEngine, everything } from '../support/directEngine';
import { tempDir } from '../support/tempDir';
import { ageTrash } from './support/aged';
import { Crowd, MUST_HAPPEN, type Counts } from './support/crowd';
import { filesIn, viewDisk, type DiskView } from './support/diskView';
import { memoryDisk, whyNoMounts } from './support/disks';
import { report, scaled, SEED } from './support/figures';
import { Random } from './support/random';

/**
 * T6: 2, 4 and 8 real processes take, restore, delete, verify and collect garbage in one folder, while
 * files are edited. Some are stopped for longer than it takes a lease to become stale, some are killed.
 * Waiting times are shrunk, so that garbage collection really deletes what takes are about to need.
 */

/** A day: what lies in the trash for this long is deleted. More than twice what anybody sleeps. */
const TRASH_MS = 8000;
const PROCESSES = [2, 4, 8];

/** Afterwards, with everybody gone: all that was acknowledged is listed and whole, and stays so. */
function checkAfter(crowd: Crowd): string[] {
  const { root, acknowledged, texts } = crowd;
  const broken = [...crowd.broken];
  const engine = directEngine(root);
  if (engine.timeline({}, quietControl).pendingRestore !== null) {
    engine.recoverRestore({ action: 'undo', rules: everything }, quietControl);
  }
  for (let round = 0; round < 3; round++) {
    const view = viewDisk(root);
    broken.push(...view.broken);
    const pruned = prunedIn(view);
    const lost = [...acknowledged].filter(
      (id) => !view.listed.has(id) && !(crowd.mayBePruned.has(id) && pruned.has(id)),
    );
    broken.push(
      ...lost.map((id) => `round ${round}: acknowledged ${id.slice(0, 8)} is not listed`),
    );
    if (round === 0) {
      broken.push(...unasked(crowd, view));
    }
    for (const id of view.listed) {
      broken.push(
        ...oddTexts(view.files(id), texts).map((path) => `${id.slice(0, 8)} ${path} is torn`),
      );
    }
    // What was set aside is deleted now; what is needed must not be among it.
    ageTrash(root);
    engine.collectGarbage({ dryRun: false, graceMs: 0 }, quietControl);
  }
  broken.push(...oddTexts(filesIn(root), texts).map((path) => `${path} in the folder is torn`));
  const { problems } = engine.verify({ full: true }, quietControl);
  const real = problems.filter(({ detail }) => !detail.includes('set aside'));
  broken.push(...real.map((problem) => JSON.stringify(problem)));
  return broken;
}

/** What retention took off the list, says the store itself. */
function prunedIn({ records }: DiskView): Set<string> {
  const all = [...records.values()].flatMap((record) =>
    record.kind === 'delete' && record.prune !== undefined ? record.checkpoints : [],
  );
  return new Set<string>(all);
}

/** Whatever is listed was acknowledged, or comes from a call that was cut off: at most one from each. */
function unasked(
  { acknowledged, deleted, cutOff }: Crowd,
  { listed, records }: DiskView,
): string[] {
  const others = [...listed].filter((id) => !acknowledged.has(id) && !deleted.has(id));
  const triggers = others.map((id) => {
    const record = records.get(id);
    return record?.kind === 'take' ? record.trigger : 'none';
  });
  const safeties = triggers.filter((trigger) => trigger === 'safety').length;
  const takes = triggers.length - safeties;
  return [
    ...(takes > cutOff.takes ? [`${takes} listed by ${cutOff.takes} takes cut off`] : []),
    ...(safeties > cutOff.restores ? [`${safeties} listed by ${cutOff.restores} restores`] : []),
  ];
}

function oddTexts(files: Record<string, string>, texts: ReadonlySet<string>): string[] {
  return Object.keys(files).filter(
    (path) => !texts.has(files[path]!.slice(files[path]!.indexOf(' ') + 1)),
  );
}

suite('T6: several processes at once', function () {
  this.timeout(3_600_000);

  for (const processes of PROCESSES) {
    test(`${processes} processes`, async () => {
      const takes = scaled(Math.ceil(10_000 / PROCESSES.length), 60);
      const collections = scaled(Math.ceil(2_000 / PROCESSES.length), 12);
      const rounds = Math.ceil(takes / 600);
      const place = whyNoMounts('mount') === undefined ? memoryDisk('size=1g') : tempDir();
      const total: Partial<Record<keyof Counts, number>> = {};
      const broken: string[] = [];
      for (let round = 0; round < rounds; round++) {
        const root = join(place, `folder-${round}`);
        mkdirSync(root);
        const goal = {
          processes,
          takes: Math.ceil(takes / rounds),
          collections: Math.ceil(collections / rounds),
        };
        const crowd = new Crowd(root, new Random(SEED * 100 + round), goal);
        const days = setInterval(() => ageTrash(root, TRASH_MS), 500);
        await crowd.work();
        clearInterval(days);
        broken.push(...checkAfter(crowd));
        for (const [name, count] of Object.entries(crowd.counts) as [keyof Counts, number][]) {
          total[name] = (total[name] ?? 0) + count;
        }
        rmSync(root, { recursive: true, force: true });
      }
      const { takes: count = 0, ...others } = total;
      const note = Object.entries(others)
        .map(([name, n]) => `${n} ${name}`)
        .join(', ');
      const by = `by ${processes} processes`;
      const figure = { test: 'T6', broken: broken.length };
      report({ ...figure, what: `takes ${by}`, count, note });
      report({ ...figure, what: `collections ${by}`, count: total.collections ?? 0 });
      assert.deepEqual(broken.slice(0, 20), []);
      const never = MUST_HAPPEN.filter((name) => !(total[name]! > 0));
      assert.deepEqual(never, [], 'did not happen');
    });
  }
});
