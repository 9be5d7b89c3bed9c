import { watch, type FSWatcher } from 'node:fs';
import { basename } from 'node:path';
import type { Disposable } from '../../base/disposable';

/**
 * Watches one folder, and nothing below it, with the system's own means. VS Code's watcher of a whole workspace can
 * overlook folders that are made right inside each other, as a store is with its first snapshot, and then says
 * nothing of them until the window is reloaded.
 */
export class FolderWatcher implements Disposable {
  private readonly path: string;
  private readonly changed: (gone: boolean) => void;
  private readonly only: string | undefined;
  private watcher: FSWatcher | undefined;

  /**
   * @param changed called when something came, went or was written in the folder; with `true` when the folder itself
   *   was deleted or moved away, and is not watched any more. One that went with the folder around it says nothing.
   * @param only the one name in the folder that counts; absent: all of them
   */
  constructor(path: string, changed: (gone: boolean) => void, only?: string) {
    this.path = path;
    this.changed = changed;
    this.only = only;
  }

  /** Begins, if it does not watch yet and the folder exists. Returns whether it began. Never throws. */
  start(): boolean {
    if (this.watcher !== undefined) {
      return false;
    }
    try {
      const watcher = watch(this.path, { persistent: false });
      this.watcher = watcher;
      watcher.on('change', (kind, name) => {
        // A folder that was deleted or moved away tells its own name: what stands there next is another one.
        const gone = kind === 'rename' && basename(this.path) === name;
        if (gone) {
          this.stop(watcher);
        }
        // Where the system tells no name, it may be any.
        if (gone || this.only === undefined || name === null || name === this.only) {
          this.changed(gone);
        }
      });
      watcher.on('error', () => this.stop(watcher));
      return true;
    } catch {
      return false; // it is not there, or the system watches no more: VS Code's watcher is there, too
    }
  }

  /** Watches no more, until it is started again. */
  dispose(): void {
    this.stop(this.watcher);
  }

  private stop(watcher: FSWatcher | undefined): void {
    watcher?.close();
    if (this.watcher === watcher) {
      this.watcher = undefined;
    }
  }
}
