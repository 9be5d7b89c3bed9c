import { DisposableStore, type Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { PlanItem, RestorePlan } from '../../core/engine';
import type { PathFailure } from '../../core/records';
import type { RelPath } from '../../core/tree';
import { setContextKey } from '../contextKeys';
import { coalesce } from '../scheduling/coalesce';
import { watchFiles } from '../state/storeWatcher';
import { groupPlan, planRows, type PlanFacts, type PlanGroup } from './planGroups';
import type { RestoreQuestion } from './restoreQuestion';

/** The plan that is open in its view. */
export interface OpenPlan {
  question: RestoreQuestion;
  exact: boolean;
  plan: RestorePlan;
  facts: PlanFacts;
  groups: { group: PlanGroup; items: PlanItem[] }[];
  /** What the person does not want, by path. */
  unticked: ReadonlySet<RelPath>;
  /** Files of the folder changed since the plan was made. */
  stale: boolean;
  /** What an attempt to carry it out could not restore. */
  failed: readonly PathFailure[];
}

/** At most one restore plan is open at a time. */
export class PlanModel implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private followed = new DisposableStore();
  private value: OpenPlan | undefined;

  readonly onDidChange = this.changed.event;

  get current(): OpenPlan | undefined {
    return this.value;
  }

  /**
   * Shows a plan that was made just now. What was unticked before stays so where the question is the same.
   * `isStillSo` is asked when files of the folder changed.
   */
  open(
    question: RestoreQuestion,
    exact: boolean,
    made: { plan: RestorePlan; facts: PlanFacts; isStillSo: () => Promise<boolean> },
  ): void {
    const { plan, facts, isStillSo } = made;
    const again = this.value?.question === question ? this.value : undefined;
    const known = new Set(again && planRows(again.plan.items, again.facts).map(({ path }) => path));
    const untickedAnew = [...facts.runs].filter((path) => !known.has(path));
    this.set({
      question,
      exact,
      plan,
      facts,
      groups: groupPlan(plan.items, facts),
      unticked: new Set([...(again?.unticked ?? []), ...untickedAnew]),
      stale: false,
      failed: [],
    });
    const check = coalesce(async () => {
      if (this.value?.plan === plan && !(await isStillSo().catch(() => false))) {
        this.wentStale(plan);
      }
    });
    this.followed.dispose();
    this.followed = new DisposableStore();
    this.followed.add(watchFiles(question.repository, () => void check()));
  }

  /** Ticks rows, or takes the tick away. */
  tick(paths: readonly RelPath[], ticked: boolean): void {
    if (this.value === undefined) {
      return;
    }
    const unticked = new Set(this.value.unticked);
    for (const path of paths) {
      if (ticked) {
        unticked.delete(path);
      } else {
        unticked.add(path);
      }
    }
    this.set({ ...this.value, unticked });
  }

  /** Shows what a restore could not restore, in the place of a plan. */
  showFailed(question: RestoreQuestion, plan: RestorePlan, failed: readonly PathFailure[]): void {
    this.followed.dispose();
    const none: ReadonlySet<RelPath> = new Set();
    const facts = { unsaved: none, changed: none, runs: none };
    const rest = { groups: [], unticked: none, stale: false };
    this.set({ question, exact: plan.exact, plan, facts, failed, ...rest });
  }

  /** Nothing happens to any file. */
  close(): void {
    this.followed.dispose();
    this.set(undefined);
  }

  dispose(): void {
    this.followed.dispose();
    this.disposables.dispose();
  }

  /** Unless another one is shown by now, ticks and all. */
  private wentStale(plan: RestorePlan): void {
    if (this.value?.plan === plan && !this.value.stale) {
      this.set({ ...this.value, stale: true });
    }
  }

  private set(value: OpenPlan | undefined): void {
    this.value = value;
    setContextKey('snapdir.plan', value !== undefined);
    setContextKey('snapdir.planExact', value?.exact === true);
    setContextKey('snapdir.planFailed', (value?.failed.length ?? 0) > 0);
    this.changed.fire();
  }
}

/** All rows of a plan, and those that are ticked. */
export function tickedRows({ plan, facts, unticked }: OpenPlan): {
  rows: PlanItem[];
  ticked: PlanItem[];
} {
  const rows = planRows(plan.items, facts);
  return { rows, ticked: rows.filter(({ path }) => !unticked.has(path)) };
}
