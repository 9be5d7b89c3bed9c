import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import type { FileInfo } from '../../core/engine';
import { isCancelled } from '../../base/abort';
import { SnapdirError } from '../../core/errors';
import type { Prompts } from '../prompts';
import { describeError } from '../showError';
import type { LookedAt } from '../state/lookedAt';
import { parseSnapshotUri } from './snapshotDocument';
import { EMPTY_REV, SNAPSHOT_SCHEME, type SnapshotPath } from './snapshotUri';

const changes = new vscode.EventEmitter<vscode.FileChangeEvent[]>();

/** Whatever has these open is told that they are gone: what was forgotten is in no snapshot any more. */
export function tellGone(uris: readonly vscode.Uri[]): void {
  changes.fire(uris.map((uri) => ({ type: vscode.FileChangeType.Deleted, uri })));
}

/**
 * Files as snapshots hold them: bytes, so images and binary files open in their own editors. Read only. Of a promoted
 * snapshot that is only looked into, the content of a file is fetched when somebody opens it.
 */
export class SnapshotFileSystem implements vscode.FileSystemProvider {
  readonly onDidChangeFile = changes.event;
  private readonly findRepository: (root: string) => Repository | undefined;
  private readonly lookedAt: LookedAt;
  private readonly prompts: Prompts;
  private saying = false;

  constructor(
    findRepository: (root: string) => Repository | undefined,
    lookedAt: LookedAt,
    prompts: Prompts,
  ) {
    this.findRepository = findRepository;
    this.lookedAt = lookedAt;
    this.prompts = prompts;
  }

  /** What a snapshot holds never changes; what is forgotten is told without being watched. */
  watch(): vscode.Disposable {
    return { dispose: () => undefined };
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const target = this.parse(uri);
    if (target.rev === EMPTY_REV) {
      return fileStat(vscode.FileType.File, 0);
    }
    const info = await this.info(uri, target);
    if (info.kind === 'dir') {
      return fileStat(vscode.FileType.Directory, 0);
    }
    return fileStat(vscode.FileType.File, info.kind === 'link' ? linkText(info).length : info.size);
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const target = this.parse(uri);
    if (target.rev === EMPTY_REV) {
      return new Uint8Array();
    }
    // Of a link the engine gives the target, as text.
    const { rev, path } = target;
    const repository = this.repository(uri, target);
    return this.ask(uri, () =>
      this.lookedAt.withContent(
        repository,
        { rev, path },
        async () => (await repository.engine.readFile({ rev, path })).bytes,
        (error) => this.notHere(error),
      ),
    );
  }

  async readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    const target = this.parse(uri);
    const entries = await this.ask(uri, () =>
      this.repository(uri, target).engine.readDir({ rev: target.rev, path: target.path }),
    );
    return entries.map((entry) => [
      entry.path.slice(entry.path.lastIndexOf('/') + 1),
      entry.kind === 'dir' ? vscode.FileType.Directory : vscode.FileType.File,
    ]);
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  /** An editor may say only that something went wrong: this says what, once for all files that are wanted now. */
  private notHere(error: unknown): vscode.FileSystemError {
    const message = whyNotHere(error);
    if (!isCancelled(error) && !this.saying) {
      this.saying = true;
      void this.prompts.error(message).then(() => (this.saying = false));
    }
    return vscode.FileSystemError.Unavailable(message);
  }

  private parse(uri: vscode.Uri): SnapshotPath {
    const target = parseSnapshotUri(uri);
    if (target === undefined) {
      throw vscode.FileSystemError.FileNotFound(uri);
    }
    return target;
  }

  /** Only folders of this workspace are served, whatever a URI says. */
  private repository(uri: vscode.Uri, target: SnapshotPath): Repository {
    const repository = this.findRepository(target.root);
    if (repository === undefined) {
      throw vscode.FileSystemError.FileNotFound(uri);
    }
    return repository;
  }

  private info(uri: vscode.Uri, target: SnapshotPath): Promise<FileInfo> {
    const { rev, path } = target;
    return this.ask(uri, () => this.repository(uri, target).engine.stat({ rev, path }));
  }

  private async ask<T>(uri: vscode.Uri, question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      if (SnapdirError.is(error, 'PATH_NOT_FOUND') || SnapdirError.is(error, 'REV_NOT_FOUND')) {
        throw vscode.FileSystemError.FileNotFound(uri);
      }
      if (error instanceof vscode.FileSystemError) {
        throw error;
      }
      throw vscode.FileSystemError.Unavailable(describeError(error).message);
    }
  }
}

/** It is in the store, and did not come. */
function whyNotHere(error: unknown): string {
  const why = isCancelled(error)
    ? vscode.l10n.t('Fetching it was cancelled.')
    : describeError(error).message;
  return vscode.l10n.t('This file is not on this machine yet. {0}', why);
}

/** Registers the file system, with the reason that VS Code shows when somebody types into such a file. */
export function registerSnapshotFileSystem(
  findRepository: (root: string) => Repository | undefined,
  lookedAt: LookedAt,
  prompts: Prompts,
): vscode.Disposable {
  const reason = new vscode.MarkdownString(
    vscode.l10n.t(
      'This is a file as a snapshot holds it. It cannot be changed; restore it instead.',
    ),
  );
  return vscode.workspace.registerFileSystemProvider(
    SNAPSHOT_SCHEME,
    new SnapshotFileSystem(findRepository, lookedAt, prompts),
    { isReadonly: reason, isCaseSensitive: true },
  );
}

function fileStat(type: vscode.FileType, size: number): vscode.FileStat {
  return { type, size, ctime: 0, mtime: 0, permissions: vscode.FilePermission.Readonly };
}

function linkText(info: FileInfo): Uint8Array {
  return new TextEncoder().encode(info.target ?? '');
}
