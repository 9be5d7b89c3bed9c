import type * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import { DisposableStore, type Disposable } from '../../base/disposable';
import { debounce } from '../scheduling/coalesce';
import type { ChangesSet } from './changesSet';

/** So long after something changed the folder is looked at, where nobody looks anyway. Milliseconds. */
const QUIET = 10_000;
/** A look that took long is followed by a pause of so many times that: at most a fiftieth of the time is spent on it. */
const PAUSES = 50;

/**
 * Has the changes counted in quiet moments while their view is hidden, so that the status bar knows them. Only in the
 * window that somebody works in, and only where there is a snapshot to compare with. It gives way to whatever somebody
 * asks for, and is tried again later.
 */
export function lookInIdleTime(
  changes: Pick<ChangesSet, 'all' | 'total' | 'onDidChange'>,
  clock: Clock,
  window: Pick<typeof vscode.window, 'state' | 'onDidChangeWindowState'>,
  quiet = QUIET,
): Disposable {
  const store = new DisposableStore();
  let notBefore = 0;
  const isKnown = (): boolean => changes.total?.exact === true;
  const look = async (): Promise<void> => {
    if (isKnown() || !window.state.focused) {
      return;
    }
    const start = clock.now();
    if (start < notBefore) {
      later.call();
      return;
    }
    // One that failed says so until something happens.
    const models = changes.all.filter(({ current }) => current.kind !== 'failed');
    const known = await Promise.all(models.map((model) => model.getIdly()));
    const end = clock.now();
    notBefore = end + PAUSES * Math.max(0, end - start);
    if (known.includes(false)) {
      later.call();
    }
  };
  const later = debounce(() => void look(), quiet);
  const wait = (): void => (isKnown() ? later.cancel() : later.call());
  store.add({ dispose: later.cancel });
  store.add(changes.onDidChange(wait));
  store.add(window.onDidChangeWindowState(wait));
  wait();
  return store;
}
