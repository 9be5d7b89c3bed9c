import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { Logger } from '../../base/logger';
import { coalesce, debounce } from '../scheduling/coalesce';
import type { RepositorySet } from '../state/repositorySet';

/** A fetch writes many refs. */
const QUIET_MS = 500;

/** What tells of promotions in Git. `RemotePorts` fits. */
interface GitLook {
  hasGitPromotions(root: string): Promise<boolean>;
}

/**
 * The folders whose Git repository holds promotions: a clone has those that its people pushed, whatever settings say.
 * Git is asked in a trusted window only: at the start, when folders or refs change, and when the window gets the focus.
 */
export class FoundGit implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private readonly parts: { git: GitLook; repositories: RepositorySet; log: Logger };
  private roots: ReadonlySet<string> = new Set();
  private watchers = new DisposableStore();

  /** Other folders have promotions now. */
  readonly onDidChange = this.changed.event;
  /** Looks again. */
  readonly look: () => Promise<void>;

  constructor(parts: { git: GitLook; repositories: RepositorySet; log: Logger }) {
    this.parts = parts;
    this.look = coalesce(() => this.lookNow());
    const look = (): void => void this.look();
    this.disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(look));
    this.disposables.add(vscode.window.onDidChangeWindowState(({ focused }) => focused && look()));
    const follow = (): void => {
      this.watch();
      look();
    };
    this.disposables.add(parts.repositories.onDidChangeFolders(follow));
    follow();
  }

  /** Whether the repository that a folder is in was seen to hold promotions. */
  has(root: string): boolean {
    return this.roots.has(root);
  }

  /** Whether any folder has some. */
  get any(): boolean {
    return this.roots.size > 0;
  }

  dispose(): void {
    this.watchers.dispose();
    this.disposables.dispose();
  }

  /** Where the folder is the repository's own, its refs tell of a fetch. */
  private watch(): void {
    this.watchers.dispose();
    this.watchers = new DisposableStore();
    const soon = debounce(() => void this.look(), QUIET_MS);
    for (const { root } of this.parts.repositories.all) {
      const pattern = new vscode.RelativePattern(vscode.Uri.file(root), '.git/refs/snapdir/**');
      const watcher = this.watchers.add(
        vscode.workspace.createFileSystemWatcher(pattern, false, true, false),
      );
      watcher.onDidCreate(soon.call);
      watcher.onDidDelete(soon.call);
    }
    this.watchers.add({ dispose: soon.cancel });
  }

  private async lookNow(): Promise<void> {
    const { git, repositories, log } = this.parts;
    const found = new Set<string>();
    for (const { root } of vscode.workspace.isTrusted ? repositories.all : []) {
      try {
        if (await git.hasGitPromotions(root)) {
          found.add(root);
        }
      } catch (error) {
        log.error('Git did not tell what was promoted', error);
      }
    }
    const before = this.roots;
    this.roots = found;
    if (found.size !== before.size || [...found].some((root) => !before.has(root))) {
      this.changed.fire();
    }
  }
}
