import { isCancelled } from '../base/abort';
import type { Disposable } from '../base/disposable';
import type { Logger } from '../base/logger';
import { SnapdirError } from '../core/errors';
import type { TakeResult } from '../core/engine';
import type { RelPath } from '../core/tree';
import type { Retention } from '../core/records';
import type { Repository } from './repository';
import { pruneSnapshots } from './undoOperations';

/** Waiting, as a port. The function that comes back stops waiting. */
export type Schedule = (milliseconds: number, then: () => void) => () => void;

export interface AutoOptions {
  schedule: Schedule;
  log: Logger;
  /** How many automatic snapshots stay; undefined: for now, all. */
  keep(): Retention | undefined;
}

/** After this long without another change, a snapshot is taken. */
export const QUIET_MS = 5_000;
/** At the latest so long after the first change. */
export const PATIENCE_MS = 60_000;
/** After this long without a change the whole folder is looked at: watchers lose events. */
export const IDLE_MS = 30_000;
/** After a full disk or another failure. */
export const PAUSE_MS = 600_000;
/** What a retention does not keep goes off the list in idle time, at most so often. */
export const PRUNE_MS = 3_600_000;
/** With more changed paths than this, looking at everything is as quick. */
const MOST_PATHS = 2_000;

/**
 * Takes snapshots by itself while files change: of what a watcher told of, soon; of everything, in idle
 * time. Never of an unchanged folder, and never the first one of a whole folder: large ones are asked about. It asks and shows nothing.
 */
export class AutoSnapshots implements Disposable {
  private readonly repository: Repository;
  private readonly schedule: Schedule;
  private readonly log: Logger;
  private readonly keep: () => Retention | undefined;
  private changed = new Set<RelPath>();
  private stopQuiet: (() => void) | undefined;
  private stopPatience: (() => void) | undefined;
  private stopIdle: (() => void) | undefined;
  private stopPause: (() => void) | undefined;
  private stopPrune: (() => void) | undefined;
  private running = false;
  private disposed = false;

  constructor(repository: Repository, options: AutoOptions) {
    this.repository = repository;
    this.schedule = options.schedule;
    this.log = options.log;
    this.keep = () => options.keep();
  }

  /** Something at this path was created, changed or deleted. */
  noteChange(path: RelPath): void {
    if (this.disposed || this.stopPause !== undefined) {
      return;
    }
    if (this.changed.size <= MOST_PATHS) {
      this.changed.add(path);
    }
    this.stopIdle?.();
    this.stopIdle = undefined;
    this.stopQuiet?.();
    this.stopQuiet = this.schedule(QUIET_MS, () => this.due());
    this.stopPatience ??= this.schedule(PATIENCE_MS, () => this.due());
  }

  dispose(): void {
    this.disposed = true;
    this.stopWaiting();
    this.stopIdle?.();
    this.stopPause?.();
    this.stopPrune?.();
  }

  private stopWaiting(): void {
    this.stopQuiet?.();
    this.stopPatience?.();
    this.stopQuiet = undefined;
    this.stopPatience = undefined;
  }

  private due(): void {
    this.stopWaiting();
    if (this.running) {
      // The one under way may have looked at these paths before they changed.
      this.stopQuiet = this.schedule(QUIET_MS, () => this.due());
      return;
    }
    const paths = [...this.changed];
    this.changed = new Set();
    void this.take(paths.length > MOST_PATHS ? undefined : paths);
  }

  /** @param changed undefined: look at everything */
  private async take(changed: RelPath[] | undefined): Promise<void> {
    this.running = true;
    try {
      const result = await this.tryTake(changed);
      if (result?.incremental === true) {
        this.stopIdle?.();
        this.stopIdle = this.schedule(IDLE_MS, () => void this.take(undefined));
      } else if (result !== undefined) {
        await this.prune();
      }
    } catch (error) {
      this.fail(error, changed);
    } finally {
      this.running = false;
    }
  }

  private async tryTake(changed: RelPath[] | undefined): Promise<TakeResult | undefined> {
    const { engine, settings } = this.repository;
    const { wholeTaken } = await engine.timeline({ limit: 1 });
    if (!wholeTaken) {
      return undefined;
    }
    const { rules, maxFileSize } = settings;
    const look = changed === undefined ? {} : { changed };
    const request = { trigger: 'auto' as const, onlyIfChanged: true, rules, maxFileSize, ...look };
    const result = await engine.take(request);
    if (result.recorded) {
      this.repository.didChange({ kind: 'taken', checkpoint: result.checkpoint });
    }
    return result;
  }

  /** After a full look nothing is going on: time for the list. What cannot be done now is done another time. */
  private async prune(): Promise<void> {
    const keep = this.keep();
    if (this.stopPrune !== undefined || this.disposed || keep === undefined) {
      return;
    }
    this.stopPrune = this.schedule(PRUNE_MS, () => (this.stopPrune = undefined));
    try {
      const request = { dryRun: false, automatic: true, keep };
      const { pruned } = await pruneSnapshots(this.repository, request);
      if (pruned > 0) {
        this.log.info(`${pruned} automatic snapshots went off the list`);
      }
    } catch (error) {
      if (!isCancelled(error) && !this.disposed) {
        this.log.info(`Automatic snapshots were not pruned: ${String(error)}`);
      }
    }
  }

  private fail(error: unknown, changed: RelPath[] | undefined): void {
    if (isCancelled(error) || this.disposed) {
      return;
    }
    // Never a loop of failures: a full disk does not get emptier by trying.
    this.log.warn(
      `Automatic snapshots pause for ${PAUSE_MS / 60_000} minutes: ${SnapdirError.is(error) ? error.message : String(error)}`,
    );
    changed?.forEach((path) => this.changed.add(path));
    this.stopWaiting();
    this.stopPause = this.schedule(PAUSE_MS, () => {
      this.stopPause = undefined;
      // Whatever changed meanwhile was not noted.
      void this.take(undefined);
    });
  }
}
