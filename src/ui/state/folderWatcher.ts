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
  private readonly changed: () => void;
  private watcher: FSWatcher | undefined;

  /** `changed` is called when something came, went or was written in the folder, or the folder itself went. */
  constructor(path: string, changed: () => void) {
    this.path = path;
    this.changed = changed;
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
        if (kind === 'rename' && basename(this.path) === name) {
          this.stop(watcher);
        }
        this.changed();
      });
      watcher.on('error', () => this.stop(watcher));
      return true;
    } catch {
      return false; // it is not there, or the system watches no more: VS Code's watcher is there, too
    }
  }

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
