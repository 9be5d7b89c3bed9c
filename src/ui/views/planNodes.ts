import type { PlanItem } from '../../core/engine';
import type { RelPath } from '../../core/tree';
import type { PathFailure } from '../../core/records';
import type { OpenPlan } from '../restore/planModel';
import type { PlanGroup } from '../restore/planGroups';

/** A group of a restore plan. */
export class PlanGroupNode {
  readonly kind = 'planGroup';
  readonly open: OpenPlan;
  readonly group: PlanGroup;
  readonly items: readonly PlanItem[];
  constructor(open: OpenPlan, group: PlanGroup, items: readonly PlanItem[]) {
    this.open = open;
    this.group = group;
    this.items = items;
  }
}

/** A file of a restore plan. */
export class PlanItemNode {
  readonly kind = 'planItem';
  readonly parent: PlanGroupNode;
  readonly item: PlanItem;
  constructor(parent: PlanGroupNode, item: PlanItem) {
    this.parent = parent;
    this.item = item;
  }
}

/** The rows of a group that are not shown: they share the group's tick. */
export class PlanMoreNode {
  readonly kind = 'planMore';
  readonly parent: PlanGroupNode;
  readonly count: number;
  constructor(parent: PlanGroupNode, count: number) {
    this.parent = parent;
    this.count = count;
  }
}

/** A file that could not be restored. */
export class PlanFailureNode {
  readonly kind = 'planFailure';
  readonly open: OpenPlan;
  readonly failure: PathFailure;
  constructor(open: OpenPlan, failure: PathFailure) {
    this.open = open;
    this.failure = failure;
  }
}

/** Every kind of row in the view of a restore plan. */
export type PlanNode = PlanGroupNode | PlanItemNode | PlanMoreNode | PlanFailureNode;

/** The plan that a row is of; undefined for anything else. */
export function planOf(value: unknown): OpenPlan | undefined {
  if (value instanceof PlanItemNode || value instanceof PlanMoreNode) {
    return value.parent.open;
  }
  return value instanceof PlanGroupNode || value instanceof PlanFailureNode
    ? value.open
    : undefined;
}

/** What a row's box is about. */
export function planPathsOf(node: PlanNode): RelPath[] {
  if (node.kind === 'planItem') {
    return [node.item.path];
  }
  return node.kind === 'planGroup' ? node.items.map(({ path }) => path) : [];
}
