import { invariant } from '../../../base/invariant';
import { parentOf } from '../../../core/paths';
import type { RelPath } from '../../../core/tree';
import type { Stat } from '../../disk/fs';
import { type FileColumns, rowStat } from '../../hashing/fileTable';
import { otherSide, shallowFirst, type Goal, type Step } from './steps';

/** Where staged things wait; each name of this run begins with `run`. */
interface Waiting {
  fresh: string;
  run: string;
}

/** A folder that is not there: it is staged whole, and put in place by one rename of its top. */
export interface Graft {
  /** The top's step. */
  n: number;
  path: RelPath;
  /** Steps of its folders, each before what is in it; the top is the first. */
  folders: number[];
  placed: boolean;
}

/** What is staged of a list of steps, and where. */
export class Staged {
  readonly grafts: readonly Graft[];
  private readonly staging: Waiting;
  private readonly steps: readonly Step[];
  /** Step → 1 + row of `columns`, or `LINK`; 0: it is not staged. */
  private readonly rows: Int32Array;
  /** Step → 1 + number of its graft. */
  private readonly graftNumbers: Int32Array;
  private noted: FileColumns | undefined;

  /**
   * @param items the numbers of the steps whose file or link is staged
   * @param isAbsent whether nothing is at this path now
   */
  constructor(
    staging: Waiting,
    of: { steps: readonly Step[]; goal: Goal; items: readonly number[] },
    isAbsent: (path: RelPath) => boolean,
  ) {
    const { steps, goal, items } = of;
    this.staging = staging;
    this.steps = steps;
    this.rows = new Int32Array(steps.length);
    this.graftNumbers = new Int32Array(steps.length);
    this.grafts = this.findGrafts(goal, isAbsent, items);
    let row = 0;
    for (const n of items) {
      this.rows[n] = steps[n]![goal]?.kind === 'file' ? ++row : LINK;
    }
  }

  /** Whether a step's file or link is staged. */
  has(n: number): boolean {
    return this.rows[n] !== 0;
  }

  /** Where a step's file, link or folder waits, below `staging.fresh`. */
  placeOf(n: number): string {
    const graft = this.graftOf(n);
    const { run } = this.staging;
    return graft === undefined
      ? `${run}.${n}`
      : `${run}.${graft.n}${this.steps[n]!.path.slice(graft.path.length)}`;
  }

  /** As {@link placeOf}, absolute. */
  pathOf(n: number): string {
    return `${this.staging.fresh}/${this.placeOf(n)}`;
  }

  /** The graft that a step's path is in. */
  graftOf(n: number): Graft | undefined {
    return this.grafts[this.graftNumbers[n]! - 1];
  }

  /** Whether a step's path came into place with its graft. */
  isPlaced(n: number): boolean {
    return this.graftOf(n)?.placed === true;
  }

  /** Takes the stats of the staged files, in the order of the items. */
  noteStats(columns: FileColumns): void {
    this.noted = columns;
  }

  /** The stats of the staged files, by row. */
  get columns(): FileColumns | undefined {
    return this.noted;
  }

  /** The files that came into place with their graft: steps, and rows of `columns`. */
  placedFiles(): { n: number; row: number }[] {
    const files: { n: number; row: number }[] = [];
    for (let n = 0; n < this.rows.length; n++) {
      if (this.rows[n]! > 0 && this.isPlaced(n)) {
        files.push({ n, row: this.rows[n]! - 1 });
      }
    }
    return files;
  }

  /** A staged file's stat. */
  statOf(n: number): Stat {
    const row = this.rows[n]! - 1;
    const columns = this.noted;
    invariant(columns !== undefined && row >= 0, 'only staged files have a stat');
    return rowStat(columns, row);
  }

  /** Whether a stat is that of a step's staged file, as it was staged. */
  isSame(n: number, now: Stat): boolean {
    const row = this.rows[n]! - 1;
    const { columns } = this;
    return (
      columns !== undefined &&
      row >= 0 &&
      now.kind === 'file' &&
      now.ino === columns.inos[row] &&
      now.dev === columns.devs[row] &&
      now.size === columns.sizes[row] &&
      now.mtimeNs === columns.mtimes[row]
    );
  }

  private findGrafts(
    goal: Goal,
    isAbsent: (path: RelPath) => boolean,
    items: readonly number[],
  ): Graft[] {
    const grafts: Graft[] = [];
    const numbers = new Map<RelPath, number>();
    const other = otherSide(goal);
    const folders = this.steps
      .map((step, n) => ({ n, path: step.path, step }))
      .filter(
        ({ step, path }) => step[goal]?.kind === 'dir' && step[other] === null && path !== '',
      );
    for (const { n, path } of shallowFirst(folders)) {
      let number = numbers.get(parentOf(path));
      if (number === undefined && isAbsent(path)) {
        number = grafts.push({ n, path, folders: [], placed: false });
      }
      if (number !== undefined) {
        numbers.set(path, number);
        this.graftNumbers[n] = number;
        grafts[number - 1]!.folders.push(n);
      }
    }
    for (const n of items) {
      this.graftNumbers[n] = numbers.get(parentOf(this.steps[n]!.path)) ?? 0;
    }
    return grafts;
  }
}

/** Links have no row: two of them are told apart by what they say. */
const LINK = -1;
