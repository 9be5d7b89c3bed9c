import type { ForgetResult } from '../../core/engine';
import type { SnapshotId } from '../../core/ids';
import type { RelPath } from '../../core/tree';
import { ensureDir } from '../disk/durable';
import { errnoOf, io } from '../disk/fsErrors';
import type { Lease } from '../disk/lease';
import { fileSystemNow, newGcId } from '../store/gcClock';
import { loadHistory } from '../store/records';
import { contentPath, moveBack, trashPath } from '../store/trash';
import { sweepDrafts } from './drafts';
import { allManifests, type Work } from './manifests';
import { dropCaches, removeEverywhere, syncAfter, type Doomed } from './places';
import { isStored, type Plan } from './plan';
import { findOthers } from './survey';
import { tellVault } from './tellVault';

type Purged = Pick<ForgetResult, 'objects' | 'bytes' | 'kept' | 'keptCount' | 'underWay'>;

const LISTED = 100;

/**
 * Deletes what was replaced, and each content of it that nothing else names: contents first, so that who goes on
 * after a crash, or later, can still read in the manifests what is to go. Takes need no lease, so it begins as a garbage
 * collection does (H50): they see it, and look anew; what they touch or name meanwhile stays.
 */
export function purge(work: Work, lease: Lease, plan: Plan): Purged {
  return new Purge(work, lease, plan).run();
}

class Purge {
  private readonly work: Work;
  private readonly lease: Lease;
  private readonly contents: Plan['contents'];
  private readonly doomed: Doomed[];
  /** Row of what is needed → a path. */
  private readonly named = new Map<number, RelPath>();
  /** Somebody touched them. */
  private readonly spared = new Set<Doomed>();

  constructor(work: Work, lease: Lease, { contents, holders, leftovers }: Plan) {
    this.work = work;
    this.lease = lease;
    this.contents = contents;
    this.doomed = [
      ...this.rows().map((row) => this.look('objects', contents.hex(row))),
      ...[...new Set([...holders, ...leftovers])].map((one) => this.look('manifests', one)),
    ];
  }

  run(): Purged {
    const { work, contents, doomed, named } = this;
    if (doomed.length === 0) {
      return { ...this.told([]), underWay: 0 };
    }
    dropCaches(work);
    tellVault(
      work,
      doomed.filter(({ kind }) => kind === 'manifests').map(({ hex }) => hex),
    );
    const bin = this.openBin();
    const seen = allManifests(work);
    this.lookFor(seen);
    const there = this.rows().filter((row) => !named.has(row) && isStored(work, contents.hex(row)));
    const aside = doomed.filter((one) => !this.stays(one) && this.setAside(one, bin));
    // What was recorded or written since the look before.
    const { gone } = this.forgetting();
    const news = [...allManifests(work)].filter((one) => !seen.has(one));
    const back = doomed.filter(
      ({ kind, hex }) => kind === 'manifests' && !gone.has(hex as SnapshotId),
    );
    this.lookFor(new Set([...news, ...back.map(({ hex }) => hex as SnapshotId)]));
    aside.filter((one) => this.stays(one)).forEach((one) => this.putBack(one, bin));
    this.remove('objects');
    const underWay = sweepDrafts(work, contents, named);
    if (underWay === 0) {
      this.remove('manifests');
    }
    const went = there.filter((row) => !named.has(row));
    return { ...this.told(went), underWay };
  }

  private remove(kind: Doomed['kind']): void {
    const going = this.doomed.filter((one) => one.kind === kind && !this.stays(one));
    for (const [done, one] of going.entries()) {
      this.work.control.progress({ phase: 'sweep', done, total: going.length });
      this.lease.fence();
      removeEverywhere(this.work, one);
    }
    syncAfter(this.work, this.lease, going);
  }

  private told(went: readonly number[]): Omit<Purged, 'underWay'> {
    const { contents, named } = this;
    const kept = [...named].slice(0, LISTED);
    return {
      objects: went.length,
      bytes: went.reduce((sum, row) => sum + contents.sizes[row]!, 0),
      kept: kept.map(([row, keptIn]) => ({ path: contents.paths[row]!, keptIn })),
      keptCount: named.size,
    };
  }

  private rows(): number[] {
    return Array.from({ length: this.contents.length }, (_, row) => row);
  }

  private forgetting(): ReturnType<typeof loadHistory>['history']['forgetting'] {
    return loadHistory(this.work.env, this.work.store).history.forgetting;
  }

  private look(kind: Doomed['kind'], hex: string): Doomed {
    const { env, store } = this.work;
    const path = contentPath(store, kind, hex);
    return { kind, hex, path, mtimeNs: env.fs.lstat(path)?.mtimeNs };
  }

  private stays(one: Doomed): boolean {
    if (this.spared.has(one)) {
      return true;
    }
    return one.kind === 'objects'
      ? this.named.has(this.contents.table.row(one.hex))
      : !this.forgetting().gone.has(one.hex as SnapshotId);
  }

  /** A folder in the trash, as a collection has one: takes see it, and trust nothing that they knew before. */
  private openBin(): string {
    const { env, store } = this.work;
    const id = newGcId(env, store, fileSystemNow(env, store));
    this.lease.check();
    ensureDir(env.fs, store.trash, 0o700);
    for (const dir of ['', '/manifests', '/objects']) {
      ensureDir(env.fs, `${store.trash}/${id}${dir}`, 0o700);
    }
    env.fs.fsyncDir(`${store.trash}/${id}`);
    env.fs.fsyncDir(store.trash);
    return id;
  }

  /** Adds what is named by manifests that nothing took the place of. */
  private lookFor(among: ReadonlySet<SnapshotId>): void {
    const { gone } = this.forgetting();
    const snapshots = new Set([...among].filter((one) => !gone.has(one)));
    const { work, contents, named } = this;
    findOthers(work, { contents, snapshots, leaves: () => false }, named);
  }

  /** Moves one thing out of its place, unless somebody touched it since: then a take is about to use it. */
  private setAside(one: Doomed, bin: string): boolean {
    const { env, store } = this.work;
    const { kind, hex, path, mtimeNs } = one;
    const to = trashPath(store, bin, kind, hex);
    this.lease.check();
    const now = env.fs.lstat(path)?.mtimeNs;
    if (now === undefined || now !== mtimeNs) {
      this.spare(one, now !== undefined);
      return false;
    }
    return io('move', path, () => {
      try {
        env.fs.rename(path, to);
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT') {
          throw error;
        }
        return false;
      }
      this.spare(one, env.fs.lstat(to)?.mtimeNs !== mtimeNs);
      return true;
    });
  }

  private spare(one: Doomed, touched: boolean): void {
    if (touched && one.kind === 'manifests') {
      this.spared.add(one);
    } else if (touched) {
      // Its manifest is not there yet: it is at the path that it was at, as far as anybody can tell.
      const row = this.contents.table.row(one.hex);
      this.named.set(row, this.contents.paths[row]!);
    }
  }

  private putBack({ kind, hex, path }: Doomed, bin: string): void {
    const { env, store } = this.work;
    if (env.fs.lstat(path) === undefined) {
      moveBack(env, store, trashPath(store, bin, kind, hex), kind, hex);
    }
  }
}
