import { createHash, randomUUID } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { link, lstat, readdir, rename, rmdir, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { throwIfCancelled } from '../../base/abort';
import { SnapdirError } from '../../core/errors';
import type {
  PermanentStore,
  StoreBytes,
  StoreCall,
  StoreContent,
  StoreEntry,
  WriteCondition,
} from '../../core/permanentStore';
import { addressOf, checkKey, checkPrefix } from '../../core/storeKeys';
import { checkCondition } from '../conditions';
import { piecesOf } from '../content';
import { errnoOf, Folder, refuseOther, storeError, syncFolder, TEMP } from './folder';
import { listFolder } from './listFolder';
import { noLinks, withLock } from './lock';

const PIECE = 1024 * 1024;
/** Above this a version is told from the file's time: reading it all would take too long. Bytes. */
const VERSION_BY_CONTENT = 1024n * 1024n;
const DRAFT_LIFE_MS = 24 * 3600 * 1000;

/** A folder on any disk in snapdir's layout: what its own tools make of `file:///folder`. */
export class FileStore implements PermanentStore {
  readonly id: string;
  readonly url: string;
  readonly label: string;
  private readonly folder: Folder;
  private readonly temp: string;
  private tempReady: Promise<void> | undefined;

  private constructor(names: { url: string; label: string }, folder: Folder) {
    this.id = `file:${folder.path}`;
    this.url = names.url;
    this.label = names.label;
    this.folder = folder;
    this.temp = join(folder.path, TEMP);
  }

  /** Opens a folder; `make`: also one that is missing; `label`: what errors call it. @throws REMOTE_FOLDER_NOT_FOUND, IO, REMOTE_READ_ONLY */
  static async open(
    path: string,
    options: { url?: string; label?: string; make?: boolean } = {},
  ): Promise<FileStore> {
    const url = options.url ?? `file://${path}`;
    const label = options.label ?? url;
    const folder = await Folder.open(path, label, options.make === true);
    return new FileStore({ url, label }, folder);
  }

  capabilities(): Promise<{ conditional: boolean }> {
    return Promise.resolve({ conditional: true });
  }

  concurrency(): number {
    return 16;
  }

  async head(key: string, call: StoreCall = {}): Promise<StoreEntry | undefined> {
    this.check(key, call);
    const file = await this.folder.openFile(key);
    if (file === undefined) {
      return undefined;
    }
    try {
      const stat = await file.stat({ bigint: true });
      const version = await versionOf(key, stat, () => checksumOf(file));
      return { key, size: Number(stat.size), version, modifiedMs: Number(stat.mtimeMs) };
    } catch (error) {
      throw storeError(this.label, 'read', key, error);
    } finally {
      await file.close();
    }
  }

  async get(
    key: string,
    call: StoreCall & { offset?: number; length?: number } = {},
  ): Promise<StoreBytes> {
    this.check(key, call);
    const file = await this.folder.openFile(key);
    if (file === undefined) {
      throw new SnapdirError('REMOTE_KEY_NOT_FOUND', { store: this.label, key });
    }
    try {
      const stat = await file.stat({ bigint: true });
      const size = Number(stat.size);
      const offset = Math.min(call.offset ?? 0, size);
      const bytes = new Uint8Array(Math.min(call.length ?? size, size - offset));
      for (let at = 0; at < bytes.length;) {
        throwIfCancelled(call.signal);
        const { bytesRead } = await file.read(
          bytes,
          at,
          Math.min(PIECE, bytes.length - at),
          offset + at,
        );
        if (bytesRead === 0) {
          const data = { store: this.label, key, expected: bytes.length, actual: at };
          throw new SnapdirError('REMOTE_TRUNCATED', data);
        }
        at += bytesRead;
      }
      const version = await versionOf(key, stat, () => checksumOf(file));
      return { bytes, size, version };
    } catch (error) {
      throw storeError(this.label, 'read', key, error);
    } finally {
      await file.close();
    }
  }

  async *list(
    prefix: string,
    call: StoreCall & { startAfter?: string } = {},
  ): AsyncGenerator<StoreEntry, void, undefined> {
    checkPrefix(prefix);
    try {
      for await (const entry of listFolder(this.folder.path, prefix, call)) {
        if (!entry.key.startsWith(`${TEMP}/`)) {
          yield entry;
        }
      }
    } catch (error) {
      throw storeError(this.label, 'list', this.folder.path, error);
    }
  }

  async put(
    key: string,
    content: StoreContent,
    call: StoreCall & { condition?: WriteCondition } = {},
  ): Promise<{ version?: string }> {
    this.check(key, call);
    const draft = this.tempName();
    try {
      await this.folder.refuseWorkingStore();
      const version = await this.writeDraft(draft, key, content, call);
      throwIfCancelled(call.signal);
      await this.folder.parents(key, true);
      await this.place(draft, key, call);
      await syncFolder(join(this.folder.file(key), '..'));
      return { version };
    } catch (error) {
      throw storeError(this.label, 'write', key, error);
    } finally {
      await unlink(draft).catch(() => undefined);
    }
  }

  async delete(key: string, call: StoreCall = {}): Promise<void> {
    this.check(key, call);
    const path = this.folder.file(key);
    try {
      await this.folder.refuseWorkingStore();
      if (await this.folder.parents(key, false)) {
        await unlink(path);
        await syncFolder(join(path, '..'));
      }
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') {
        throw storeError(this.label, 'delete', key, error);
      }
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private check(key: string, call: StoreCall): void {
    checkKey(key);
    if (key === TEMP || key.startsWith(`${TEMP}/`)) {
      throw new SnapdirError('UNSAFE_PATH', { path: key, reason: 'kept-for-drafts' });
    }
    throwIfCancelled(call.signal);
  }

  /** Moves the draft to the key's place, under the condition. */
  private async place(
    draft: string,
    key: string,
    call: StoreCall & { condition?: WriteCondition },
  ): Promise<void> {
    const path = this.folder.file(key);
    const { condition } = call;
    if (condition === undefined) {
      await refuseOther(path);
      await rename(draft, path);
      return;
    }
    if ('ifAbsent' in condition) {
      try {
        await link(draft, path);
        return;
      } catch (error) {
        if (errnoOf(error) === 'EEXIST') {
          throw new SnapdirError('REMOTE_CONFLICT', { store: this.label, key }, { cause: error });
        }
        if (!noLinks(error)) {
          throw error;
        }
      }
    }
    const name = createHash('sha256').update(key).digest('hex').slice(0, 32);
    const newFile = (at: string): Promise<FileHandle> => this.folder.newFile(at);
    const place = { folder: this.temp, label: this.label, temp: () => this.tempName(), newFile };
    await withLock(place, name, call, async (held) => {
      checkCondition(this.label, key, condition, (await this.head(key))?.version);
      await held();
      await rename(draft, path);
    });
  }

  private tempName(): string {
    return join(this.temp, randomUUID());
  }

  /** Writes the content beside its place, synced. @returns its version */
  private async writeDraft(
    draft: string,
    key: string,
    content: StoreContent,
    call: StoreCall,
  ): Promise<string> {
    await (this.tempReady ??= this.prepareTemp());
    const file = await this.folder.newFile(draft);
    try {
      const hash = createHash('sha256');
      for await (const piece of piecesOf(content, PIECE, call)) {
        hash.update(piece);
        await file.writeFile(piece);
      }
      await file.sync();
      return versionOf(key, await file.stat({ bigint: true }), () =>
        Promise.resolve(hash.digest('hex')),
      );
    } finally {
      await file.close();
    }
  }

  /** Makes the folder for drafts, and removes what killed processes left in it a day ago. */
  private async prepareTemp(): Promise<void> {
    await this.folder.parents(`${TEMP}/x`, true);
    const now = (await this.touch()) - DRAFT_LIFE_MS;
    for (const name of await readdir(this.temp)) {
      const path = join(this.temp, name);
      const stat = await lstat(path).catch(() => undefined);
      if (stat !== undefined && stat.mtimeMs < now) {
        const removed = stat.isDirectory() ? rmdir(path) : stat.isFile() ? unlink(path) : undefined;
        await removed?.catch(() => undefined);
      }
    }
  }

  /** The disk's own time. Milliseconds. */
  private async touch(): Promise<number> {
    const path = this.tempName();
    const file = await this.folder.newFile(path);
    try {
      return (await file.stat()).mtimeMs;
    } finally {
      await file.close();
      await unlink(path).catch(() => undefined);
    }
  }
}

/** The content's own address where the key is one, else its checksum, which is asked for only if it is needed. */
async function versionOf(
  key: string,
  stat: BigIntStats,
  checksum: () => Promise<string>,
): Promise<string> {
  const address = addressOf(key);
  if (address !== undefined) {
    return address.id;
  }
  return stat.size > VERSION_BY_CONTENT
    ? `${stat.size}-${stat.mtimeNs}-${stat.ino}`
    : await checksum();
}

async function checksumOf(file: FileHandle): Promise<string> {
  return createHash('sha256')
    .update(await file.readFile())
    .digest('hex');
}
