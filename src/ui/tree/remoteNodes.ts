import type { RemotePromotion } from '../../app/remoteHistory';
import type { RemoteName } from '../../app/listRemote';
import type { Repository } from '../../app/repository';
import type { StoreEntry } from '../remotes/storeEntry';
import { NoteNode } from './nodes';

/**
 * A permanent store. `repository`: through which it is asked; of a Git repository also the only folder that is meant.
 */
export class StoreNode {
  readonly kind = 'store';
  readonly entry: StoreEntry;
  readonly repository: Repository;
  constructor(entry: StoreEntry, repository: Repository) {
    this.entry = entry;
    this.repository = repository;
  }
}

/** Stands below a store that holds nothing yet. */
export class EmptyStoreNode {
  readonly kind = 'emptyStore';
  readonly parent: StoreNode;
  constructor(parent: StoreNode) {
    this.parent = parent;
  }
}

/** A promoted name of a store. */
export class RemoteNameNode {
  readonly kind = 'remoteName';
  readonly parent: StoreNode;
  readonly of: RemoteName;
  /** The folders whose stores have the snapshot. */
  readonly hereIn: readonly Repository[];
  constructor(parent: StoreNode, of: RemoteName, hereIn: readonly Repository[]) {
    this.parent = parent;
    this.of = of;
    this.hereIn = hereIn;
  }
}

/** One promotion of a name, now or before. */
export class PromotionNode {
  readonly kind = 'promotion';
  readonly parent: RemoteNameNode;
  readonly of: RemotePromotion;
  /** The folders whose stores have the snapshot. */
  readonly hereIn: readonly Repository[];
  constructor(parent: RemoteNameNode, of: RemotePromotion, hereIn: readonly Repository[]) {
    this.parent = parent;
    this.of = of;
    this.hereIn = hereIn;
  }
}

/** Says why a store could not be asked; a click on it looks for what may help. */
export class FailedStoreNode extends NoteNode {
  readonly store: StoreNode;
  constructor(store: StoreNode, id: string, label: string) {
    super(undefined, id, label, 'error', 'snapdir.testStore');
    this.store = store;
  }
}

/** The store that a row is, or speaks of. */
export function storeNodeOf(value: unknown): StoreNode | undefined {
  return value instanceof FailedStoreNode
    ? value.store
    : value instanceof StoreNode
      ? value
      : undefined;
}

/** Every kind of row in the view of promoted snapshots. */
export type RemoteNode = StoreNode | EmptyStoreNode | RemoteNameNode | PromotionNode | NoteNode;

/** What a row stands for: a store, and a promoted name in it as `fetchSnapshot` takes it. */
export interface RemoteSubject {
  store: string;
  /** `NAME`, or `NAME#NONCE` for one promotion of it. */
  name: string;
  /** What people call it. */
  words: string;
  /** Where only this one can be meant. */
  repository: Repository | undefined;
}

/** The store of a row as code names it to a command; undefined for other rows. */
export function storeOfRow(value: unknown): { store: string; folder?: string } | undefined {
  if (!(value instanceof StoreNode)) {
    return undefined;
  }
  const { entry, repository } = value;
  return { store: entry.name, ...(entry.kind === 'git' ? { folder: repository.root } : {}) };
}

/** The subject of a row; undefined for other rows. */
export function subjectOfRow(value: unknown): RemoteSubject | undefined {
  if (!(value instanceof RemoteNameNode) && !(value instanceof PromotionNode)) {
    return undefined;
  }
  const { entry, repository } = value.kind === 'promotion' ? value.parent.parent : value.parent;
  const { name, nonce } = value.of;
  return {
    store: entry.name,
    name: value.kind === 'promotion' ? `${name}#${nonce}` : name,
    words: name,
    repository: entry.kind === 'git' ? repository : undefined,
  };
}
