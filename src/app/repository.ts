import type { Disposable } from '../base/disposable';
import { Emitter, type Event } from '../base/event';
import type { CheckpointInfo, Engine } from '../core/engine';
import type { ExcludeRules } from '../core/records';
import { IdleWork } from './idleWork';

/** What the use cases need to know of a person's settings. Plain data, read anew at each call. */
export interface Settings {
  rules: ExcludeRules;
  /** Files above this many bytes are skipped and listed; 0: no limit. */
  maxFileSize: number;
}

/** Something happened in a repository. It is told after it happened, and drives nothing but views. */
export type RepositoryChange =
  | { kind: 'taken'; checkpoint: CheckpointInfo }
  | { kind: 'restored' }
  | { kind: 'promoted'; ref: string }
  | { kind: 'edited' }
  | { kind: 'deleted' }
  /** Another process changed the store. */
  | { kind: 'external' };

/** One folder, its store and its engine: what every use case acts on. */
export class Repository implements Disposable {
  readonly engine: Engine;
  /** What gives way to whatever else is asked of the engine. */
  readonly idle = new IdleWork();
  private readonly changes = new Emitter<RepositoryChange>();
  private readonly readSettings: () => Settings;
  private called: string;

  constructor(options: { engine: Engine; name: string; settings: () => Settings }) {
    this.engine = this.idle.watch(options.engine);
    this.called = options.name;
    this.readSettings = options.settings;
  }

  /** What people call the folder. */
  get name(): string {
    return this.called;
  }

  /** People call the folder something else from now on. */
  rename(name: string): void {
    this.called = name;
  }

  /** Absolute path of the folder. */
  get root(): string {
    return this.engine.location.root;
  }

  get settings(): Settings {
    return this.readSettings();
  }

  readonly onDidChange: Event<RepositoryChange> = (listener) => this.changes.event(listener);

  /** Tells the views. Called by use cases after the work, and by watchers for other processes' work. */
  didChange(change: RepositoryChange): void {
    this.changes.fire(change);
  }

  dispose(): void {
    this.changes.dispose();
    void this.engine.close();
  }
}
