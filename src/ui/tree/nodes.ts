import type { Repository } from '../../app/repository';
import type { Change } from '../../core/change';
import type { CheckpointInfo } from '../../core/engine';
import type { CheckpointId } from '../../core/ids';
import type { RelPath } from '../../core/tree';
import type { ChangeFolder } from './changeTree';

/** One side of a comparison: a REV and what people call it. */
export interface Side {
  rev: string;
  words: string;
}

/** Two sides, and where their changes are shown. */
export interface ChangeSet {
  /** Starts the ids of its rows. */
  key: string;
  repository: Repository;
  left: Side;
  right: Side;
  /** Whether folders start unfolded. */
  unfolded?: boolean;
  /** The checkpoint that made the changes; absent for the changes since the last one. */
  checkpoint?: CheckpointInfo;
  /** Present: the rows stand in the view of a comparison between any two sides. */
  view?: 'comparison';
}

// Rows are classes so that a command can tell a row from whatever else reaches it as an argument.

/** The folder of a repository: the top level where there are several. */
export class FolderNode {
  readonly kind = 'folder';
  readonly repository: Repository;
  constructor(repository: Repository) {
    this.repository = repository;
  }
}

/** One day of the timeline. */
export class DayNode {
  readonly kind = 'day';
  readonly repository: Repository;
  readonly day: string;
  readonly time: number;
  readonly checkpoints: readonly CheckpointInfo[];
  readonly parent: FolderNode | undefined;
  constructor(
    parent: FolderNode | undefined,
    repository: Repository,
    group: { day: string; time: number; checkpoints: readonly CheckpointInfo[] },
  ) {
    this.parent = parent;
    this.repository = repository;
    this.day = group.day;
    this.time = group.time;
    this.checkpoints = group.checkpoints;
  }
}

/** Automatic checkpoints that followed one another closely, in the order of the timeline. */
export class BurstNode {
  readonly kind = 'burst';
  readonly repository: Repository;
  /** Names it, whatever joins it. */
  readonly name: CheckpointId;
  readonly checkpoints: readonly CheckpointInfo[];
  readonly oldest: CheckpointInfo;
  readonly newest: CheckpointInfo;
  readonly parent: FolderNode | DayNode | undefined;
  constructor(
    parent: FolderNode | DayNode | undefined,
    repository: Repository,
    name: CheckpointId,
    burst: {
      checkpoints: readonly CheckpointInfo[];
      oldest: CheckpointInfo;
      newest: CheckpointInfo;
    },
  ) {
    this.parent = parent;
    this.repository = repository;
    this.name = name;
    this.checkpoints = burst.checkpoints;
    this.oldest = burst.oldest;
    this.newest = burst.newest;
  }
}

/** A checkpoint of the timeline. */
export class CheckpointNode {
  readonly kind = 'checkpoint';
  readonly repository: Repository;
  readonly checkpoint: CheckpointInfo;
  readonly parent: FolderNode | DayNode | BurstNode | undefined;
  constructor(
    parent: FolderNode | DayNode | BurstNode | undefined,
    repository: Repository,
    checkpoint: CheckpointInfo,
  ) {
    this.parent = parent;
    this.repository = repository;
    this.checkpoint = checkpoint;
  }
}

/** A folder with changes below it. */
export class ChangeFolderNode {
  readonly kind = 'changeFolder';
  readonly set: ChangeSet;
  readonly folder: ChangeFolder;
  readonly parent: TreeNode | undefined;
  constructor(parent: TreeNode | undefined, set: ChangeSet, folder: ChangeFolder) {
    this.parent = parent;
    this.set = set;
    this.folder = folder;
  }
  get repository(): Repository {
    return this.set.repository;
  }
  get path(): RelPath {
    return this.folder.path;
  }
}

/** A changed file. */
export class ChangeNode {
  readonly kind = 'change';
  readonly set: ChangeSet;
  readonly change: Change;
  /** Whether the row stands in a list and has to show its folder. */
  readonly inList: boolean;
  readonly parent: TreeNode | undefined;
  constructor(parent: TreeNode | undefined, set: ChangeSet, change: Change, inList: boolean) {
    this.parent = parent;
    this.set = set;
    this.change = change;
    this.inList = inList;
  }
  get repository(): Repository {
    return this.set.repository;
  }
  get path(): RelPath {
    return this.change.path;
  }
}

/** The last row while there are more checkpoints. */
export class LoadMoreNode {
  readonly kind = 'loadMore';
  readonly repository: Repository;
  readonly remaining: number;
  /** What comes: older checkpoints, or newer ones where the oldest come first. */
  readonly order: 'newest' | 'oldest';
  readonly parent: FolderNode | undefined;
  constructor(
    parent: FolderNode | undefined,
    repository: Repository,
    remaining: number,
    order: 'newest' | 'oldest' = 'newest',
  ) {
    this.parent = parent;
    this.repository = repository;
    this.remaining = remaining;
    this.order = order;
  }
}

/** A row that only says something: "No files changed", an error, "400 more changes". */
export class NoteNode {
  readonly kind = 'note';
  readonly id: string;
  readonly label: string;
  readonly icon: string;
  /** What a click runs. */
  readonly command: string | undefined;
  readonly parent: TreeNode | undefined;
  constructor(
    parent: TreeNode | undefined,
    id: string,
    label: string,
    icon = 'info',
    command?: string,
  ) {
    this.parent = parent;
    this.id = id;
    this.label = label;
    this.icon = icon;
    this.command = command;
  }
}

/** Every kind of row in Snapdir's views. */
export type TreeNode =
  | FolderNode
  | DayNode
  | BurstNode
  | CheckpointNode
  | ChangeFolderNode
  | ChangeNode
  | LoadMoreNode
  | NoteNode;

/** Whether an argument of a command is a row. */
export function isTreeNode(value: unknown): value is TreeNode {
  return (
    value instanceof FolderNode ||
    value instanceof DayNode ||
    value instanceof BurstNode ||
    value instanceof CheckpointNode ||
    value instanceof ChangeFolderNode ||
    value instanceof ChangeNode ||
    value instanceof LoadMoreNode ||
    value instanceof NoteNode
  );
}

/** The repository that a row belongs to. */
export function repositoryOf(node: TreeNode): Repository | undefined {
  if (node.kind === 'note') {
    return node.parent && repositoryOf(node.parent);
  }
  return node.repository;
}

/** Whether a row stands for nothing but what is no longer there on the right side. */
export function isGone(row: ChangeNode | ChangeFolderNode): boolean {
  return row.kind === 'change' ? row.change.right === undefined : isFolderGone(row.folder);
}

function isFolderGone({ folders, changes }: ChangeFolder): boolean {
  return changes.every(({ right }) => right === undefined) && folders.every(isFolderGone);
}
