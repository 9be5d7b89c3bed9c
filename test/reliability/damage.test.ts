import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { VerifyResult } from '../../src/core/engine';
import { SnapdirError } from '../../src/core/errors';
import { directEngine, everything, quietControl } from '../support/directEngine';
import { fileTree, readTree } from '../support/fileTree';
import { damage, DAMAGES, filesBelow } from './support/damage';
import { report, scaled, SEED } from './support/figures';
import { Dice } from './support/mutate';
import { ramDir } from './support/ram';

/** With one damage in so many a restore in place is tried, too. */
const IN_PLACE = 4;

type Seen = Record<string, string>;
interface Taken {
  id: string;
  snapshot: string;
  tree: Seen;
}

/** What a verification and restores of everything showed. */
interface Outcome {
  problems: VerifyResult['problems'];
  /** Checkpoints that could not be restored, and those that are not listed any more. */
  refused: string[];
  gone: string[];
}

/** A store with several checkpoints; it moves with every damage, so that no engine remembers it. */
class Patient {
  private readonly top = ramDir();
  private moves = 0;
  root = join(this.top, '0');
  readonly taken: Taken[] = [];
  /** Of the folder as it is. */
  readonly snapshot: string;

  constructor() {
    mkdirSync(this.root);
    const trees = [
      { 'a.txt': 'one', 'b/c.txt': 'two', 'b/empty': {}, same: 'one', large: 'x'.repeat(3_000) },
      { 'a.txt': 'changed', 'b/d.bin': new Uint8Array(900).fill(7), l: { link: 'a.txt' } },
      { large: null, 'b/c.txt': null, 'new/deep/e.txt': 'e', none: '' },
      { 'a.txt': 'last' },
    ];
    for (const tree of trees) {
      fileTree(this.root, tree);
      this.taken.push({ ...this.take(), tree: readTree(this.root, { modes: true }) });
    }
    // Nothing of what is restored is in the folder already.
    readdirSync(this.root).forEach(
      (name) => name === '.snapdir' || rmSync(join(this.root, name), { recursive: true }),
    );
    fileTree(this.root, { 'mine.txt': 'mine' });
    this.snapshot = this.take().snapshot;
    this.engine().setRef({ name: 'kept', rev: this.taken[1]!.id }, quietControl);
    this.engine().timeline({}, quietControl);
  }

  engine(): ReturnType<typeof directEngine> {
    return directEngine(this.root);
  }

  take(): { id: string; snapshot: string } {
    const request = { trigger: 'manual' as const, rules: everything };
    const { id, snapshot } = this.engine().take(request, quietControl).checkpoint;
    return { id, snapshot };
  }

  files(part: string): string[] {
    const dir = join(this.root, '.snapdir', part);
    return filesBelow(dir).map((path) => relative(this.root, path));
  }

  move(): void {
    const to = join(this.top, String(++this.moves));
    renameSync(this.root, to);
    this.root = to;
  }

  /** Verifies, lists, and restores every checkpoint, to a new folder and in place. */
  examine(where: string): Outcome {
    const engine = this.engine();
    const { problems } = engine.verify({ full: true }, quietControl);
    const listed = new Set<string>(
      engine.timeline({}, quietControl).checkpoints.map(({ id }) => id),
    );
    const outcome: Outcome = { problems, refused: [], gone: [] };
    for (const taken of this.taken) {
      if (!listed.has(taken.id)) {
        outcome.gone.push(taken.id);
      } else if (!this.restores(taken, where)) {
        outcome.refused.push(taken.id);
      }
    }
    return outcome;
  }

  /** Restores to a new folder: whole and right, or nothing at all. In place: refused before anything changes. */
  private restores(taken: Taken, where: string): boolean {
    const destination = join(this.top, 'out');
    mkdirSync(destination, { recursive: true });
    const before = readTree(this.root, { modes: true });
    try {
      const target = { rev: taken.id, mode: 'safe' as const, destination };
      const { path, failed } = this.engine().restoreTo(target, quietControl);
      assert.deepEqual([readTree(path, { modes: true }), failed], [taken.tree, []], where);
      return true;
    } catch (error) {
      assert.ok(SnapdirError.is(error), `${where}: ${String(error)}`);
      const left = readdirSync(destination).flatMap((one) => readdirSync(join(destination, one)));
      assert.deepEqual(left, [], `${where}: a partial restore`);
      if (this.moves % IN_PLACE !== 0) {
        return false;
      }
      const request = { rev: taken.id, exact: true, rules: everything };
      assert.throws(() => this.engine().restore(request, quietControl), SnapdirError, where);
      assert.deepEqual(readTree(this.root, { modes: true }), before, where);
      return false;
    } finally {
      rmSync(destination, { recursive: true, force: true });
    }
  }
}

suite('T11: damage', function () {
  this.timeout(3_600_000);
  const dice = new Dice(SEED);
  const patient = new Patient();
  const ids = patient.taken.map(({ id }) => id);

  /** Damages files of one part of the store, one at a time. */
  function damageAll(
    part: string,
    full: number,
    judge: (outcome: Outcome, of: { file: string; how: string; where: string }) => void,
  ): number {
    const files = patient.files(part);
    assert.ok(files.length > 0, part);
    const wanted = scaled(full);
    let done = 0;
    while (done < wanted) {
      const file = dice.of(files);
      const how = dice.of(DAMAGES);
      // Caches come and go.
      const others = files.map((one) => join(patient.root, one)).filter((one) => existsSync(one));
      if (!existsSync(join(patient.root, file))) {
        continue;
      }
      const undo = damage(join(patient.root, file), how, others, dice);
      if (undo === undefined) {
        continue;
      }
      done++;
      const where = `seed ${SEED}: ${how} of ${file}`;
      try {
        judge(patient.examine(where), { file, how, where });
      } finally {
        undo();
        patient.move();
      }
    }
    return done;
  }

  const addressOf = (file: string): string => file.split('/').slice(2).join('');

  test('of objects: found by name, only what needs them is refused', () => {
    const count = damageAll('.objects', 5_000, ({ problems, refused, gone }, { file, where }) => {
      const named = problems.filter(({ address }) => address === addressOf(file));
      assert.equal(named.length, 1, where);
      assert.deepEqual(gone, [], where);
      const expected = ids.filter((id) => named[0]!.checkpoints.includes(id as never));
      assert.deepEqual(refused, expected, where);
    });
    report({ test: 'T11', what: 'damaged objects', count, broken: 0 });
  });

  test('of manifests: found by name, only their checkpoints are refused', () => {
    const count = damageAll('.manifests', 2_500, ({ problems, refused, gone }, { file, where }) => {
      assert.deepEqual(gone, [], where);
      assert.equal(problems.filter(({ address }) => address === addressOf(file)).length, 1, where);
      const expected = patient.taken
        .filter(({ snapshot }) => snapshot === addressOf(file))
        .map(({ id }) => id);
      assert.deepEqual(refused, expected, where);
    });
    report({ test: 'T11', what: 'damaged manifests', count, broken: 0 });
  });

  test('of records: found by name unless deleted, the rest stays listed and restorable', () => {
    let deleted = 0;
    const count = damageAll(
      'records',
      1_500,
      ({ problems, refused, gone }, { file, how, where }) => {
        const name = file.split('/').at(-1)!;
        // The cached history may go on listing it; then it is refused, like anything that is damaged.
        assert.ok(
          [...refused, ...gone].every((id) => name.includes(id)),
          where,
        );
        if (how === 'delete') {
          deleted++; // Nothing else names it: only the list tells.
        } else {
          assert.equal(problems.filter(({ address }) => address === name).length, 1, where);
        }
      },
    );
    const note = `${deleted} of them deleted, which nobody can miss by name`;
    report({ test: 'T11', what: 'damaged records', count, broken: 0, note });
  });

  test('of caches: as if there were none', () => {
    const count = damageAll('cache', 1_000, ({ problems, refused, gone }, { where }) => {
      assert.deepEqual([problems, refused, gone], [[], [], []], where);
      const { id, snapshot } = patient.take();
      assert.equal(snapshot, patient.snapshot, where);
      patient.engine().delete({ revs: [id] }, quietControl);
    });
    report({ test: 'T11', what: 'damaged caches', count, broken: 0 });
  });
});
