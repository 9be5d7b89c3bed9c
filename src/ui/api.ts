import type { StatusBarItem, TreeDataProvider, TreeView } from 'vscode';
import type { Event } from '../base/event';
import type { RepositoryChange } from '../app/repository';
import type { CheckpointInfo } from '../core/engine';
import type { Prompts } from './prompts';
import type { ChangesSet } from './state/changesSet';
import type { FileHistoryModel } from './state/fileHistoryModel';
import type { Remotes } from './remotes/remotes';
import type { RepositorySet } from './state/repositorySet';
import type { HistoryRow } from './views/fileHistoryView';
import type { RemotesTree } from './views/remotesView';
import type { Views } from './views/views';

/** What `activate` returns to other extensions. */
export interface SnapdirApi {
  readonly version: 1;
  /** Absolute paths of the workspace folders that have a repository. */
  readonly folders: readonly string[];
  /** Newest first. `limit` is 200 where it is not given. */
  checkpoints(folder: string, limit?: number): Promise<readonly CheckpointInfo[]>;
  /** A snapshot was taken, restored, promoted, edited or deleted, here or by another process. */
  readonly onDidChange: Event<{ folder: string; change: RepositoryChange }>;
  /** Settles when every timeline was read once. */
  whenReady(): Promise<void>;
  /** Only under test: the insides, and prompts that a test can answer. */
  readonly test?: TestApi;
}

/** What integration tests see. */
export interface TestApi {
  readonly repositories: RepositorySet;
  readonly changes: ChangesSet;
  readonly views: Views;
  readonly fileHistory: FileHistoryModel;
  readonly statusItem: StatusBarItem;
  readonly historyView: TreeView<HistoryRow>;
  readonly historyTree: TreeDataProvider<HistoryRow>;
  readonly remotes: Remotes;
  readonly remotesTree: RemotesTree;
  /** Replaces some of the prompts; undefined brings the real ones back. */
  setPrompts(prompts: Partial<Prompts> | undefined): void;
  /** How long `activate` took, in milliseconds. */
  readonly activationTime: number;
  /** Absolute path of where VS Code keeps what the extension logs in this session. */
  readonly logFolder: string;
}
