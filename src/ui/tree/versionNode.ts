import type { Repository } from '../../app/repository';
import type { Change } from '../../core/change';
import type { FileVersion, FolderVersion } from '../../core/engine';
import type { RelPath } from '../../core/tree';
import type { Side } from './nodes';

/** Whose history is shown. */
export interface HistorySubject {
  repository: Repository;
  path: RelPath;
  kind: 'file' | 'folder';
}

/** Whether two are about the same file or folder. */
export function sameSubject(a: HistorySubject | undefined, b: HistorySubject | undefined): boolean {
  return a?.repository === b?.repository && a?.path === b?.path && a?.kind === b?.kind;
}

/** A version of a file or a folder, as a row of its history. */
export class VersionNode {
  readonly kind = 'version';
  readonly subject: HistorySubject;
  readonly version: FileVersion | FolderVersion;
  constructor(subject: HistorySubject, version: FileVersion | FolderVersion) {
    this.subject = subject;
    this.version = version;
  }
  get repository(): Repository {
    return this.subject.repository;
  }
  /** Of a file: what became of it. */
  get file(): FileVersion | undefined {
    return 'status' in this.version ? this.version : undefined;
  }
  /** The name that it has in this version. */
  get path(): RelPath {
    return this.file?.path ?? this.subject.path;
  }
  /** Where its content is: a deleted file's in the snapshot before. */
  get rev(): string {
    const { checkpoint, previous } = this.version;
    return this.file?.status === 'D' && previous !== null ? previous : checkpoint.id;
  }
}

/** A version of a file against the one before, as a change; undefined for a folder. */
export function changeOf({ file }: VersionNode): Change | undefined {
  if (file === undefined) {
    return undefined;
  }
  const { status, path, oldPath, left, right } = file;
  return {
    ...{ status, path },
    ...(oldPath === undefined ? {} : { oldPath }),
    ...(left === undefined ? {} : { left }),
    ...(right === undefined ? {} : { right }),
  };
}

/** What a version holds, as one side of a comparison. */
export function sideOf(node: VersionNode, words: string): Side {
  return { rev: node.rev, words };
}
