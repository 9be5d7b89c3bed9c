import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import { receiveFile } from '../../app/lookAtSnapshot';
import { TRANSFERS_AT_ONCE, type Target } from '../../app/transfer/target';
import { CancelledError, isCancelled } from '../../base/abort';
import type { CallContext } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { ContentRow } from '../../core/transferData';
import type { RelPath } from '../../core/tree';
import type { NoticeMemory } from '../notices';
import { withProgress } from '../progress';
import type { Remotes } from '../remotes/remotes';
import { visible } from '../text/displayText';
import { requireTrust } from '../trust';

const { t } = vscode.l10n;

/** A promoted snapshot that was looked into without fetching it. */
export interface Looked {
  root: string;
  snapshot: string;
  store: string;
  /** As `fetchSnapshot` takes it, and what people call it. */
  name: string;
  words: string;
}

/** A file of it. */
export interface LookedFile {
  rev: string;
  path: RelPath;
}

const KEY = 'lookedInto';
/** Editors that were left open find their content again after a restart of the editor. */
const REMEMBERED = 100;

/**
 * Promoted snapshots that are looked into: which store each is in, and the content of the files that somebody opens, one
 * by one. What comes is checked and kept in the local store until a garbage collection.
 */
export class LookedAt {
  private readonly remotes: Remotes;
  private readonly memory: NoticeMemory;
  private readonly coming = new Map<string, Coming>();

  constructor(remotes: Remotes, memory: NoticeMemory) {
    this.remotes = remotes;
    this.memory = memory;
  }

  /** Remembers where a snapshot's content is. */
  async note(looked: Looked): Promise<void> {
    const others = this.all.filter(
      ({ root, snapshot }) => root !== looked.root || snapshot !== looked.snapshot,
    );
    await this.memory.update(KEY, [looked, ...others].slice(0, REMEMBERED));
  }

  /** Where a snapshot that was looked into is. */
  find({ root }: Repository, rev: string): Looked | undefined {
    return this.all.find((one) => one.root === root && one.snapshot === rev);
  }

  /**
   * Brings the content of one file. Those that are wanted at the same time come together, with one progress.
   * @returns false where nobody knows where it could come from
   * @throws NOT_TRUSTED, STORE_NAME_UNKNOWN, REMOTE_…, DISK_FULL, AbortError
   */
  async bring(repository: Repository, file: LookedFile): Promise<boolean> {
    const looked = this.find(repository, file.rev);
    if (looked === undefined) {
      return false;
    }
    requireTrust(t('Fetch'));
    const { checksum, size } = await repository.engine.stat(file);
    if (checksum !== undefined) {
      await this.comingFrom(repository, looked.store).add({ checksum, size });
    }
    return true;
  }

  /**
   * As `work`, which is done once more when a file's content had to be brought first.
   * @param told what to throw where it does not come; absent: what was thrown
   */
  async withContent<T>(
    repository: Repository,
    file: LookedFile,
    work: () => Promise<T>,
    told: (error: unknown) => unknown = (error) => error,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!SnapdirError.is(error, 'OBJECT_NOT_FOUND')) {
        throw error;
      }
      if (!(await this.bringOrTell(repository, file, told))) {
        throw error;
      }
      return work();
    }
  }

  private async bringOrTell(
    repository: Repository,
    file: LookedFile,
    told: (error: unknown) => unknown,
  ): Promise<boolean> {
    try {
      return await this.bring(repository, file);
    } catch (error) {
      throw told(error);
    }
  }

  private comingFrom(repository: Repository, store: string): Coming {
    const key = `${repository.root}\n${store}`;
    const known = this.coming.get(key);
    if (known !== undefined) {
      return known;
    }
    const coming: Coming = new Coming(repository, () => {
      if (this.coming.get(key) === coming) {
        this.coming.delete(key);
      }
    });
    this.coming.set(key, coming);
    const title = t('Fetching files from "{0}"', visible(store));
    const work = (context: CallContext): Promise<void> =>
      this.remotes.use(store, repository, (target) => coming.run(target, context));
    // Later: whoever asked has said what it wants by then.
    queueMicrotask(() => {
      withProgress(title, work).catch((error: unknown) => coming.fail(error));
    });
    return coming;
  }

  private get all(): Looked[] {
    const known = this.memory.get(KEY);
    return Array.isArray(known) ? (known as Looked[]) : [];
  }
}

interface Wanted {
  row: ContentRow;
  done: Promise<void>;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Files that come from one store. More may be added while they come. */
class Coming {
  private readonly repository: Repository;
  private readonly over: () => void;
  /** By checksum: two files with one content come once. */
  private readonly wanted = new Map<string, Wanted>();
  private readonly waiting: Wanted[] = [];
  private readonly told = { done: 0, bytes: 0 };
  private running = 0;
  private way: { target: Target; context: CallContext; finish(): void } | undefined;

  constructor(repository: Repository, over: () => void) {
    this.repository = repository;
    this.over = over;
  }

  add(row: ContentRow): Promise<void> {
    const known = this.wanted.get(row.checksum);
    if (known !== undefined) {
      return known.done;
    }
    let [resolve, reject]: [() => void, (error: unknown) => void] = [() => {}, () => {}];
    const done = new Promise<void>((yes, no) => ([resolve, reject] = [yes, no]));
    const one: Wanted = { row, done, resolve, reject };
    this.wanted.set(row.checksum, one);
    this.waiting.push(one);
    this.start();
    return done;
  }

  /** Resolves when nothing is wanted any more. */
  run(target: Target, context: CallContext): Promise<void> {
    return new Promise((finish) => {
      this.way = { target, context, finish };
      context.signal?.addEventListener?.('abort', () => this.fail(new CancelledError()));
      this.start();
    });
  }

  /** Nothing more comes: who waits is told why. */
  fail(error: unknown): void {
    this.over();
    this.waiting.length = 0;
    this.wanted.forEach(({ reject }) => reject(error));
    this.way?.finish();
  }

  private start(): void {
    const { way } = this;
    while (way !== undefined && this.running < TRANSFERS_AT_ONCE) {
      const next = this.waiting.shift();
      if (next === undefined) {
        break;
      }
      this.running++;
      void this.receive(way, next).finally(() => {
        this.running--;
        this.start();
      });
    }
    if (way !== undefined && this.running === 0) {
      this.over();
      way.finish();
    }
  }

  private async receive(
    { target, context }: NonNullable<Coming['way']>,
    { row, resolve, reject }: Wanted,
  ): Promise<void> {
    const { signal } = context;
    const { told } = this;
    const tell = (bytes: number): void =>
      context.onProgress?.({
        ...{ phase: 'receive', done: told.done, total: this.wanted.size },
        bytes: told.bytes + bytes,
      });
    try {
      await receiveFile(this.repository, target, row, {
        ...(signal && { signal }),
        onProgress: (step) => tell(step.bytes ?? 0),
      });
      told.done++;
      told.bytes += row.size;
      tell(0);
      resolve();
    } catch (error) {
      reject(isCancelled(error) ? new CancelledError() : error);
    }
  }
}
