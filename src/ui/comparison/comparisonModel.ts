import { isCancelled } from '../../base/abort';
import { DisposableStore, type Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { Change, Comparison } from '../../core/change';
import type { RelPath } from '../../core/tree';
import { setContextKey } from '../contextKeys';
import { compareSides } from '../documents/diffs';
import { LIVE_REV } from '../documents/snapshotUri';
import { coalesce } from '../scheduling/coalesce';
import { watchFiles } from '../state/storeWatcher';
import type { ChangeSet } from '../tree/nodes';

/** More rows than this nobody looks at. */
export const COMPARED_ROWS = 5_000;
/** Of so many modified files it is found out whether they are text. */
const PROBED = 300;

/** The comparison that is open. */
export interface OpenComparison {
  set: ChangeSet;
  /** Only below these paths; absent: everything. */
  paths?: RelPath[];
  comparison: Comparison;
  /** Changed files that are no text; filled in a moment after the rows are there. */
  binary: ReadonlySet<RelPath>;
  error?: unknown;
}

/** At most one comparison is open at a time; its rows are followed while one of its sides is the folder. */
export class ComparisonModel implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private followed = new DisposableStore();
  private value: OpenComparison | undefined;
  private text = '';
  private fresh = true;
  private visible = false;

  readonly onDidChange = this.changed.event;

  private readonly readAgain = coalesce(() => this.read());

  get current(): OpenComparison | undefined {
    return this.value;
  }

  /** Only paths with this text in them are shown; empty: all. */
  get filter(): string {
    return this.text;
  }

  /** The changes that fit the filter. */
  get shown(): Change[] {
    return (this.value?.comparison.changes ?? []).filter(this.fits());
  }

  /** Whether a change fits the filter now: by the name that the file has or had, in any case. */
  fits(): (change: Change) => boolean {
    const wanted = this.text.toLowerCase();
    return ({ path, oldPath }) =>
      path.toLowerCase().includes(wanted) || oldPath?.toLowerCase().includes(wanted) === true;
  }

  /** Shows a comparison that was made just now. */
  open(set: ChangeSet, paths: RelPath[] | undefined, comparison: Comparison): void {
    this.followed.dispose();
    this.followed = new DisposableStore();
    this.fresh = true;
    this.text = '';
    setContextKey('snapdir.comparisonFiltered', false);
    const { left, right, repository } = set;
    const key = `${repository.root}#comparison/${left.rev}/${right.rev}`;
    this.value = {
      set: { ...set, key, view: 'comparison' },
      ...(paths === undefined ? {} : { paths }),
      comparison,
      binary: new Set(),
    };
    setContextKey('snapdir.comparison', true);
    if (left.rev === LIVE_REV || right.rev === LIVE_REV) {
      this.followed.add(watchFiles(repository, () => void this.refresh()));
      const restored = repository.onDidChange(
        ({ kind }) => kind === 'restored' && void this.refresh(),
      );
      this.followed.add(restored);
    }
    this.changed.fire();
    void this.probe();
  }

  setFilter(text: string): void {
    this.text = text.trim();
    setContextKey('snapdir.comparisonFiltered', this.text !== '');
    this.changed.fire();
  }

  /** Nothing is compared again while nobody sees it. */
  setVisible(visible: boolean): void {
    this.visible = visible;
    if (visible && !this.fresh) {
      void this.readAgain();
    }
  }

  /** Compares the same sides anew; at once where somebody looks. */
  async refresh(): Promise<void> {
    this.fresh = false;
    if (this.visible) {
      await this.readAgain();
    }
  }

  close(): void {
    this.followed.dispose();
    this.followed = new DisposableStore();
    this.value = undefined;
    this.fresh = true;
    this.text = '';
    setContextKey('snapdir.comparison', false);
    setContextKey('snapdir.comparisonFiltered', false);
    this.changed.fire();
  }

  dispose(): void {
    this.followed.dispose();
    this.disposables.dispose();
  }

  private async read(): Promise<void> {
    const { value } = this;
    if (value === undefined) {
      return;
    }
    this.fresh = true;
    try {
      const comparison = await compareSides(value.set, value.paths, COMPARED_ROWS);
      this.replace(value, { comparison });
      await this.probe();
    } catch (error) {
      if (!isCancelled(error)) {
        this.replace(value, { error });
      }
    }
  }

  /** Which rows get "binary" and both sizes: files are read for it, so the rows do not wait. */
  private async probe(): Promise<void> {
    const { value } = this;
    const changes = value?.comparison.changes
      .filter(({ left, right }) => left?.kind === 'file' || right?.kind === 'file')
      .slice(0, PROBED);
    if (value === undefined || changes === undefined || changes.length === 0) {
      return;
    }
    const { repository, left, right } = value.set;
    try {
      const sides = { left: left.rev, right: right.rev };
      const { paths } = await repository.engine.binaryFiles({ ...sides, changes });
      if (paths.length > 0) {
        this.replace(value, { binary: new Set(paths) });
      }
    } catch {
      // Rows without the word "binary" are no reason for a message.
    }
  }

  /** Unless another comparison was opened meanwhile. */
  private replace(old: OpenComparison, part: Partial<OpenComparison>): void {
    if (this.value?.set === old.set) {
      const { set, paths, comparison, binary } = this.value;
      this.value = { set, ...(paths && { paths }), comparison, binary, ...part };
      this.changed.fire();
    }
  }
}
