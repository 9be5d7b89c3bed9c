import { throwIfCancelled } from '../../base/abort';
import { decodeUtf8 } from '../../base/utf8';
import { SnapdirError } from '../../core/errors';
import type { Checksum } from '../../core/ids';
import { filesOf } from '../../core/manifest/addresses';
import {
  contentSize,
  type PermanentStore,
  type StoreBytes,
  type StoreCall,
  type StoreContent,
  type StoreEntry,
  type WriteCondition,
} from '../../core/permanentStore';
import { parseRefEntry, parseRefKey, type RefEntry } from '../../core/promotion/refEntry';
import { GIT_STORE } from '../../core/storageMode';
import { checkKey, checkPrefix, manifestKey, objectKey, REFS } from '../../core/storeKeys';
import { piecesOf, slice } from '../content';
import { inTurns, partsOf } from '../turns';
import { BlobPieces, STREAM_FROM } from './blobPieces';
import { BlobReader } from './blobReader';
import { CommittedKeys, REF_ROOT, refOf } from './committedKeys';
import { GitProgram } from './gitProgram';
import { Importer } from './importer';

type Staged = { oid: string } & Required<Pick<StoreEntry, 'size' | 'modifiedMs'>>;

const PIECE = 1024 * 1024;

/**
 * Promoted snapshots in a repository's own objects (features E4): each promotion is a commit of its snapshot's
 * manifest and objects in the layout's own paths, under a ref of its own below `refs/snapdir/` that is made once and
 * never moved. So `git push origin 'refs/snapdir/*:refs/snapdir/*'` and the same fetch share them, and never conflict.
 * Index, HEAD, branches and hooks are never touched. What is not promoted yet is known to this object alone.
 */
export class GitStore implements PermanentStore {
  readonly id: string;
  readonly url: string;
  readonly label = GIT_STORE;
  private readonly git: GitProgram;
  private readonly now: () => number;
  private readonly importer: Importer;
  private readonly reader: BlobReader;
  private readonly pieces: BlobPieces;
  private readonly committed: CommittedKeys;
  private readonly staged = new Map<string, Staged>();
  private readonly sizes = new Map<string, number>();
  /** Adding and committing take turns: they share one stream. */
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(git: GitProgram, root: string, now: () => number) {
    this.git = git;
    this.now = now;
    this.id = `git:${git.gitDir}`;
    this.url = `git:${root}`;
    this.importer = new Importer(git);
    this.reader = new BlobReader(git);
    this.pieces = new BlobPieces(git);
    this.committed = new CommittedKeys(git);
  }

  /** Opens the repository that a folder is in. @throws GIT_UNAVAILABLE */
  static async open(root: string, now: () => number): Promise<GitStore> {
    return new GitStore(await GitProgram.open(root), root, now);
  }

  /** Whether the folder is in a repository, and Git is there to use it. */
  static async isAvailable(root: string): Promise<boolean> {
    try {
      await GitProgram.open(root);
      return true;
    } catch (error) {
      if (SnapdirError.is(error, 'GIT_UNAVAILABLE')) {
        return false;
      }
      throw error;
    }
  }

  /** Whether the repository that a folder is in has any promotions; without a repository it has none. */
  static async hasPromotions(root: string): Promise<boolean> {
    try {
      const git = await GitProgram.open(root);
      const found = await git.run(['for-each-ref', '--count=1', '--format=%(refname)', REF_ROOT]);
      return found.length > 0;
    } catch (error) {
      if (SnapdirError.is(error, 'GIT_UNAVAILABLE')) {
        return false;
      }
      throw error;
    }
  }

  capabilities(): Promise<{ conditional: boolean }> {
    // Refs that never move need no compare-and-swap, and clones could not share one.
    return Promise.resolve({ conditional: false });
  }

  concurrency(): number {
    return 8;
  }

  async close(): Promise<void> {
    await this.inTurn(() => this.importer.flush());
    await this.reader.close();
    this.pieces.close();
  }

  async head(key: string, call: StoreCall = {}): Promise<StoreEntry | undefined> {
    checkKey(key);
    throwIfCancelled(call.signal);
    const staged = this.staged.get(key);
    if (staged !== undefined) {
      return { key, size: staged.size, modifiedMs: staged.modifiedMs };
    }
    const oid = await this.find(key, call);
    return oid === undefined ? undefined : { key, size: await this.sizeOf(oid, [oid]) };
  }

  async get(
    key: string,
    call: StoreCall & { offset?: number; length?: number } = {},
  ): Promise<StoreBytes> {
    checkKey(key);
    throwIfCancelled(call.signal);
    const oid = this.staged.get(key)?.oid ?? (await this.find(key, call));
    if (oid !== undefined) {
      await this.inTurn(() => this.importer.flush());
      const { offset = 0, length } = call;
      const size = length === undefined ? 0 : await this.sizeOf(oid, [oid]);
      if (length !== undefined && size > STREAM_FROM) {
        return { bytes: await this.pieces.read(oid, { offset, length, size }), size };
      }
      const bytes = await this.read(oid);
      if (bytes !== undefined) {
        return { bytes: new Uint8Array(slice(bytes, call)), size: bytes.length };
      }
    }
    throw new SnapdirError('REMOTE_KEY_NOT_FOUND', { store: this.label, key });
  }

  async *list(
    prefix: string,
    call: StoreCall & { startAfter?: string } = {},
  ): AsyncGenerator<StoreEntry, void, undefined> {
    checkPrefix(prefix);
    throwIfCancelled(call.signal);
    await this.committed.refresh(call);
    const { startAfter = '' } = call;
    const found = new Map<string, string>();
    const note = (key: string, oid: string): void => {
      if (key.startsWith(prefix) && key > startAfter) {
        found.set(key, oid);
      }
    };
    await inTurns(this.committed.oids, ([key, oid]) => note(key, oid));
    await inTurns(this.staged, ([key, { oid }]) => note(key, oid));
    for (const key of [...found.keys()].sort()) {
      throwIfCancelled(call.signal);
      const size = this.staged.get(key)?.size ?? (await this.sizeOf(found.get(key)!));
      yield { key, size };
    }
  }

  async put(
    key: string,
    content: StoreContent,
    call: StoreCall & { condition?: WriteCondition } = {},
  ): Promise<{ version?: string }> {
    checkKey(key);
    throwIfCancelled(call.signal);
    if (call.condition !== undefined) {
      throw new SnapdirError('REMOTE_NO_CONDITIONS', { store: this.label });
    }
    const size = contentSize(content);
    if (size > STREAM_FROM) {
      const oid = await this.importer.addLarge(piecesOf(content, PIECE, call), call);
      this.staged.set(key, { oid, size, modifiedMs: this.now() });
      return {};
    }
    const pieces: Uint8Array[] = [];
    for await (const piece of piecesOf(content, PIECE, call)) {
      pieces.push(piece);
    }
    throwIfCancelled(call.signal);
    const bytes = Buffer.concat(pieces);
    const oid = await this.inTurn(() => this.importer.add(bytes));
    const entry = this.entryOf(key, bytes);
    if (entry === undefined) {
      this.staged.set(key, { oid, size, modifiedMs: this.now() });
    } else {
      await this.inTurn(() => this.promote(key, oid, entry, call));
    }
    return {};
  }

  async delete(key: string, call: StoreCall = {}): Promise<void> {
    checkKey(key);
    throwIfCancelled(call.signal);
    if (!this.staged.delete(key) && (await this.find(key, call)) !== undefined) {
      const reason = { is: 'promoted-stays' } as const;
      throw new SnapdirError('REMOTE_FAILED', { store: this.label, operation: 'delete', reason });
    }
  }

  private entryOf(key: string, bytes: Uint8Array): RefEntry | undefined {
    const parsed = key.startsWith(REFS) ? parseRefKey(key) : undefined;
    return parsed === undefined || 'head' in parsed ? undefined : parseRefEntry(bytes, parsed);
  }

  /** Everything of the snapshot, and who promoted it when, as one commit under a new ref. */
  private async promote(key: string, oid: string, entry: RefEntry, call: StoreCall): Promise<void> {
    await this.importer.flush();
    await this.committed.refresh(call);
    const known = (one: string): string => {
      const found = this.staged.get(one)?.oid ?? this.committed.oids.get(one);
      if (found === undefined) {
        throw new SnapdirError('REMOTE_KEY_NOT_FOUND', { store: this.label, key: one });
      }
      return found;
    };
    const manifest = manifestKey(entry.id);
    const text = (await this.read(known(manifest))) ?? new Uint8Array();
    // Gone through three times, one file after the other: a list of a hundred thousand would be much to have.
    const objects = (): Iterable<string> => objectsOf(text);
    await inTurns(objects(), (object) => void known(object));
    const files = function* (): Generator<[string, string], void, undefined> {
      yield [key, oid];
      yield [manifest, known(manifest)];
      for (const object of objects()) {
        yield [object, known(object)];
      }
    };
    const message = `snapdir: ${key.slice(REFS.length)}`;
    await this.importer.commit(refOf(key), files(), { atMs: entry.at, message, call });
    await this.committed.refresh({});
    this.staged.delete(manifest);
    if (this.staged.size > 0) {
      await inTurns(objects(), (object) => void this.staged.delete(object));
    }
  }

  private async find(key: string, call: StoreCall): Promise<string | undefined> {
    if (!this.committed.oids.has(key)) {
      await this.committed.refresh(call);
    }
    return this.committed.oids.get(key);
  }

  private async read(oid: string): Promise<Buffer | undefined> {
    const bytes = await this.reader.read(oid);
    if (bytes !== undefined) {
      this.sizes.set(oid, bytes.length);
    }
    return bytes;
  }

  /**
   * The size of a blob; with it, those of others are asked for.
   * @param others who lists wants all: thousands at once cost one process, as one alone does
   */
  private async sizeOf(
    oid: string,
    others: Iterable<string> = this.committed.oids.values(),
  ): Promise<number> {
    if (!this.sizes.has(oid)) {
      const unknown = new Set<string>();
      await inTurns(others, (one) => {
        if (!this.sizes.has(one)) {
          unknown.add(`${one}\n`);
        }
      });
      const input = Buffer.from([...unknown].join(''));
      const args = ['cat-file', '--batch-check=%(objectname) %(objectsize)'];
      await inTurns(partsOf(await this.git.run(args, { input }), '\n'), (line) => {
        const [name = '', size] = line.split(' ');
        if (/^\d+$/.test(size ?? '')) {
          this.sizes.set(name, Number(size));
        }
      });
    }
    return this.sizes.get(oid) ?? 0;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work, work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }
}

/** The keys of what a manifest names; one comes again where several files have the same content. */
function* objectsOf(text: Uint8Array): Generator<string, void, undefined> {
  for (const { bytes, checksumAt } of filesOf(text)) {
    yield objectKey(decodeUtf8(bytes.subarray(checksumAt, checksumAt + 64)) as Checksum);
  }
}
