import { isCancelled } from '../../base/abort';
import { DisposableStore, type Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import { compareSnapshots } from '../../app/compareSnapshots';
import type { Repository } from '../../app/repository';
import type { Comparison } from '../../core/change';
import type { CallContext, CheckpointInfo } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { CheckpointId } from '../../core/ids';
import { coalesce } from '../scheduling/coalesce';
import { changeTotal } from '../text/amounts';
import { CHANGE_ROWS, type TimelineModel } from './timelineModel';

/** What is known of the changes since the last snapshot, or since the chosen one. */
export type WorkingChanges =
  /** Nobody looked, or files changed since somebody did. */
  | { kind: 'unknown' }
  | { kind: 'noSnapshot' }
  /** `base`: what the folder was compared with; `chosen` where that was asked for. */
  | { kind: 'changes'; base: CheckpointInfo; chosen: boolean; comparison: Comparison }
  | { kind: 'failed'; error: unknown };

/** How many files changed: as of now, or as it was when somebody looked and with files changed since. */
export interface ChangedFiles {
  files: number;
  exact: boolean;
}

/** Runs a comparison, at once or when nobody waits for anything; undefined: it was given up. */
type Run = <T>(work: (context: CallContext) => Promise<T>) => Promise<T | undefined>;

/** Compares the folder with HEAD when somebody looks; otherwise it only notes that it no longer knows. */
export class ChangesModel implements Disposable {
  readonly repository: Repository;
  private readonly timeline: TimelineModel;
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private value: WorkingChanges = { kind: 'unknown' };
  private fresh = false;
  private watched = false;
  private wanted: CheckpointId | undefined;
  /** What the last look counted, as long as the snapshot is the same one. */
  private counted: number | undefined;
  private era = 0;
  private looks = 0;
  /** The look that nobody waits for, while it is under way. */
  private idling: number | undefined;

  readonly onDidChange = this.changed.event;

  private readonly readAgain = coalesce(() => this.read((work) => work({})));

  constructor(repository: Repository, timeline: TimelineModel) {
    this.repository = repository;
    this.timeline = timeline;
    // Tags, names and pages of the timeline say nothing about the folder; another HEAD does.
    let head = timeline.current?.head?.id;
    const follow = (): void => {
      const now = timeline.current?.head?.id;
      // What was chosen may have been deleted, or got another name.
      if (now !== head || this.wanted !== undefined || this.value.kind === 'failed') {
        head = now;
        this.invalidate();
      }
    };
    this.disposables.add(timeline.onDidChange(follow));
    const restored = repository.onDidChange((change) => {
      if (change.kind === 'restored') {
        this.invalidate();
      }
    });
    this.disposables.add(restored);
  }

  /** The snapshot that was chosen to compare with; undefined: the last one, whichever that is. */
  get base(): CheckpointId | undefined {
    return this.wanted;
  }

  /** Compares with another snapshot from now on; undefined: with the last one. */
  setBase(base: CheckpointId | undefined): void {
    if (base !== this.wanted) {
      this.wanted = base;
      this.invalidate();
      this.changed.fire();
    }
  }

  get current(): WorkingChanges {
    return this.value;
  }

  /** How many files changed; undefined where nobody looked since the snapshot, or a look failed. */
  get count(): ChangedFiles | undefined {
    switch (this.value.kind) {
      case 'changes':
        return { files: changeTotal(this.value.comparison.counts), exact: true };
      case 'noSnapshot':
        return { files: 0, exact: true };
      case 'unknown':
        return this.counted === undefined ? undefined : { files: this.counted, exact: false };
      case 'failed':
        return undefined;
    }
  }

  /** Compares anew. A look that nobody waits for gives way. */
  readonly refresh = (): Promise<void> => {
    this.repository.idle.giveWay();
    return this.readAgain();
  };

  /** The changes as they are now; compares first when they may have changed. */
  async get(): Promise<WorkingChanges> {
    if (!this.isKnown) {
      await this.refresh();
    }
    return this.value;
  }

  /**
   * Compares when they may have changed, and gives it up as soon as anybody asks anything of the repository.
   * @returns whether it is known by now
   */
  async getIdly(): Promise<boolean> {
    if (this.fresh) {
      return true;
    }
    const look = this.looks + 1;
    this.idling = look;
    await this.read((work) => this.repository.idle.run(work));
    if (this.idling === look) {
      this.idling = undefined;
    }
    return this.fresh;
  }

  private get isKnown(): boolean {
    return this.fresh && this.idling === undefined;
  }

  /** Whether somebody is looking: only then are changes followed. */
  setWatched(watched: boolean): void {
    this.watched = watched;
    if (watched && !this.isKnown) {
      void this.refresh();
    }
  }

  /** Files changed. With nobody looking the count of the last look stays, as one that is not exact. */
  filesChanged(): void {
    this.fresh = false;
    if (this.watched) {
      void this.refresh();
    } else if (this.value.kind === 'changes') {
      this.set({ kind: 'unknown' });
    }
  }

  /** Nothing that is known counts any more: another snapshot, or other rules. */
  invalidate(): void {
    const stood = this.value.kind === 'unknown' && this.counted !== undefined;
    this.counted = undefined;
    this.era += 1;
    this.filesChanged();
    if (stood) {
      this.changed.fire();
    }
  }

  /** The snapshot that the folder is compared with: the chosen one, else the last one; undefined: there is none. */
  async findBase(): Promise<CheckpointInfo | undefined> {
    const { wanted } = this;
    const { base, gone } = await this.lookUpBase(wanted);
    if (gone && wanted === this.wanted) {
      this.setBase(undefined);
    }
    return base;
  }

  dispose(): void {
    this.disposables.dispose();
  }

  /** `gone`: the one that is wanted was deleted; then the last one it is again. */
  private async lookUpBase(
    wanted: CheckpointId | undefined,
  ): Promise<{ base: CheckpointInfo | undefined; gone: boolean }> {
    const { head } = await this.timeline.get();
    if (wanted === undefined || head === undefined) {
      return { base: head, gone: false };
    }
    try {
      const found = await this.repository.engine.resolve({ rev: wanted });
      const checkpoint = found.kind === 'snapshot' ? found.checkpoint : null;
      return { base: checkpoint ?? head, gone: checkpoint === null };
    } catch (error) {
      if (!SnapdirError.is(error, 'REV_NOT_FOUND')) {
        throw error;
      }
      return { base: head, gone: true };
    }
  }

  private async read(run: Run): Promise<void> {
    this.fresh = true;
    const { wanted, era } = this;
    const look = (this.looks += 1);
    try {
      const { base, gone } = await this.lookUpBase(wanted);
      if (wanted !== this.wanted) {
        return; // Whoever chose another one asked for another look, too.
      }
      if (gone) {
        this.wanted = undefined;
      }
      const compared = this.wanted;
      if (base === undefined) {
        this.set({ kind: 'noSnapshot' });
        return;
      }
      const asked = { left: base.id, right: 'live', limit: CHANGE_ROWS };
      const comparison = await run((context) => compareSnapshots(this.repository, asked, context));
      if (comparison === undefined) {
        this.fresh &&= look !== this.looks;
        return;
      }
      // Files that changed meanwhile, with nobody looking: better nothing than something wrong.
      const stale = !this.fresh && !this.watched;
      if (era === this.era) {
        this.counted = changeTotal(comparison.counts);
      }
      if (compared === this.wanted) {
        this.set(
          stale
            ? { kind: 'unknown' }
            : { kind: 'changes', base, chosen: compared !== undefined, comparison },
        );
      }
    } catch (error) {
      if (!isCancelled(error)) {
        this.set({ kind: 'failed', error });
      }
    }
  }

  private set(value: WorkingChanges): void {
    this.value = value;
    this.changed.fire();
  }
}
