import type { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { TimelineFilter } from '../../core/engine';

/** A filter with conditions that may say nothing. */
export type Conditions = { readonly [K in keyof TimelineFilter]?: TimelineFilter[K] | undefined };

/** What the timeline shows of all snapshots, for the life of the window. */
export class FilterState implements Disposable {
  private readonly changed = new Emitter<void>();
  private filter: TimelineFilter = {};

  readonly onDidChange = this.changed.event;

  get current(): TimelineFilter {
    return this.filter;
  }

  get isActive(): boolean {
    return Object.keys(this.filter).length > 0;
  }

  /** Conditions that say nothing are left out. The same filter again changes nothing. */
  set(filter: Conditions): void {
    const said = Object.entries(filter).filter(
      ([, value]) =>
        value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0),
    );
    const next = Object.fromEntries(said) as TimelineFilter;
    if (JSON.stringify(next) !== JSON.stringify(this.filter)) {
      this.filter = next;
      this.changed.fire();
    }
  }

  clear(): void {
    this.set({});
  }

  dispose(): void {
    this.changed.dispose();
  }
}
