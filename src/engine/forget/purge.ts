import type { ForgetResult } from '../../core/engine';
import type { SnapshotId } from '../../core/ids';
import type { RelPath } from '../../core/tree';
import { errnoOf, io } from '../disk/fsErrors';
import type { Lease } from '../disk/lease';
import { DigestTable } from '../store/digestTable';
import { clearDrafts } from '../store/draftNotes';
import { fileSystemNow, newGcId } from '../store/gcClock';
import { loadHistory } from '../store/records';
import { contentPath, openBin, rescue, trashPath } from '../store/trash';
import { sweepDrafts } from './drafts';
import { allManifests, type Work } from './manifests';
import { dropCaches, removeAside, syncAfter, type Doomed } from './places';
import { isStored, type Plan } from './plan';
import { tellVault } from './tellVault';
import { addLookedAt, findUnnamed, nameFrom, type Unnamed } from './unnamed';

type Purged = Pick<ForgetResult, 'objects' | 'bytes' | 'kept' | 'keptCount' | 'underWay'>;

const LISTED = 100;
/** So often is set aside what somebody put in its place again meanwhile. */
const ROUNDS = 3;

/**
 * Deletes what was replaced, and each content that nothing else names: contents first, so that who goes on
 * after a crash, or later, can still read in the manifests what is to go.
 *
 * Takes need no lease, so it goes as a garbage collection does (H50), without the days between: a bin is opened, and what
 * is to go is moved there; then another one, and only what nobody needs by then is deleted, out of bins alone. Each bin is an
 * epoch: a take that ended in the one before is seen by its manifest, and what it needs is put back; one that has not
 * ended looks anew at whether all of its content is in its place, where nothing is deleted.
 */
export function purge(work: Work, lease: Lease, plan: Plan): Purged {
  return new Purge(work, lease, plan).run();
}

class Purge {
  private readonly work: Work;
  private readonly lease: Lease;
  private readonly contents: Plan['contents'];
  private readonly doomed: readonly Doomed[];
  /** Rows from here on are content that nothing names, and that was at none of the paths, as far as is known. */
  private readonly asked: number;
  private readonly unnamed: Unnamed;
  /** Row of what is needed → a path. */
  private readonly named = new Map<number, RelPath>();
  /** Manifests whose content is in `named`. */
  private readonly looked = new Set<SnapshotId>();

  constructor(work: Work, lease: Lease, { contents, holders, leftovers, paths }: Plan) {
    this.work = work;
    this.lease = lease;
    this.contents = contents;
    addLookedAt(work, paths, contents);
    this.asked = contents.length;
    const all = new DigestTable();
    const isWhole = this.lookFor(all);
    this.unnamed = isWhole ? findUnnamed(work, contents, all) : { found: [], underWay: 0 };
    all.free();
    this.unnamed.found.forEach((one) => contents.add(one));
    this.doomed = [
      ...this.rows().map((row) => this.look('objects', contents.hex(row))),
      ...[...new Set([...holders, ...leftovers])].map((one) => this.look('manifests', one)),
    ];
  }

  run(): Purged {
    const { work, contents, doomed, named, unnamed } = this;
    if (doomed.length === 0) {
      // Parts that were young when the same was forgotten before may be old by now.
      sweepDrafts(work, contents, named);
      return { ...this.told([]), underWay: unnamed.underWay };
    }
    dropCaches(work);
    tellVault(
      work,
      doomed.filter(({ kind }) => kind === 'manifests').map(({ hex }) => hex),
    );
    let bin = this.openBin();
    this.lookFor();
    const there = this.rows().filter((row) => !named.has(row) && isStored(work, contents.hex(row)));
    for (let round = 0; round === 0 || (round < ROUNDS && this.cameBack() > 0); round++) {
      this.going().forEach((one) => this.setAside(one, bin));
      bin = this.openBin();
      this.lookFor();
      doomed.filter((one) => this.stays(one)).forEach((one) => this.putBack(one));
      this.remove('objects');
    }
    clearDrafts(work.env, work.store);
    const drafts = sweepDrafts(work, contents, named) + this.cameBack();
    if (drafts === 0) {
      this.remove('manifests');
    }
    const went = there.filter((row) => !named.has(row) && !isStored(work, contents.hex(row)));
    return { ...this.told(went), underWay: drafts + unnamed.underWay };
  }

  /** How much of what is to go somebody put in its place again, without a manifest that needs it. */
  private cameBack(): number {
    this.lookFor();
    return this.going().filter(({ path }) => this.work.env.fs.lstat(path) !== undefined).length;
  }

  private going(of?: Doomed['kind']): Doomed[] {
    return this.doomed.filter((one) => (of ?? one.kind) === one.kind && !this.stays(one));
  }

  private remove(kind: Doomed['kind']): void {
    const going = this.going(kind);
    for (const [done, one] of going.entries()) {
      this.work.control.progress({ phase: 'sweep', done, total: going.length });
      this.lease.fence();
      removeAside(this.work, one);
    }
    syncAfter(this.work, this.lease, going);
  }

  private told(rows: readonly number[]): Omit<Purged, 'underWay'> {
    const { contents, asked } = this;
    const went = rows.filter((row) => row < asked);
    const named = [...this.named].filter(([row]) => row < asked);
    const kept = named.slice(0, LISTED);
    return {
      objects: went.length,
      bytes: went.reduce((sum, row) => sum + contents.sizes[row]!, 0),
      kept: kept.map(([row, keptIn]) => ({ path: contents.paths[row]!, keptIn })),
      keptCount: named.length,
    };
  }

  private rows(): number[] {
    return Array.from({ length: this.contents.length }, (_, row) => row);
  }

  private forgetting(): ReturnType<typeof loadHistory>['history']['forgetting'] {
    return loadHistory(this.work.env, this.work.store).history.forgetting;
  }

  private look(kind: Doomed['kind'], hex: string): Doomed {
    return { kind, hex, path: contentPath(this.work.store, kind, hex) };
  }

  private stays({ kind, hex }: Doomed): boolean {
    return kind === 'objects'
      ? this.named.has(this.contents.table.row(hex))
      : !this.forgetting().gone.has(hex as SnapshotId);
  }

  /** A folder in the trash, as a collection has one. */
  private openBin(): string {
    const { env, store } = this.work;
    const id = newGcId(env, store, fileSystemNow(env, store));
    this.lease.check();
    openBin(env, store, id);
    return id;
  }

  /**
   * Adds what is named by manifests that came since the last look and that nothing took the place of.
   * @returns whether each of them could be read
   */
  private lookFor(all?: DigestTable): boolean {
    const { work, contents, named, looked } = this;
    const { gone } = this.forgetting();
    const fresh = [...allManifests(work)].filter((one) => !gone.has(one) && !looked.has(one));
    const read = nameFrom(work, { snapshots: fresh, contents, all }, named);
    read.forEach((one) => looked.add(one));
    return read.length === fresh.length;
  }

  /** Moves one thing out of its place. */
  private setAside({ kind, hex, path }: Doomed, bin: string): void {
    const { env, store } = this.work;
    this.lease.check();
    io('move', path, () => {
      try {
        env.fs.rename(path, trashPath(store, bin, kind, hex));
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT') {
          throw error;
        }
      }
    });
  }

  private putBack({ kind, hex, path }: Doomed): void {
    const { env, store } = this.work;
    if (env.fs.lstat(path) === undefined) {
      rescue(env, store, kind, hex);
    }
  }
}
