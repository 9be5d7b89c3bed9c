import type { RelPath } from '../../core/tree';

/** The scheme of files as a snapshot holds them. */
export const SNAPSHOT_SCHEME = 'snapdir';
/** The revision whose every file is empty: the other side of an added or deleted file. */
export const EMPTY_REV = 'empty';
/** The folder as it is now. */
export const LIVE_REV = 'live';

/** What a `snapdir:` URI names: one path in one revision of one repository. */
export interface SnapshotPath {
  /** Absolute path of the repository's folder. */
  root: string;
  rev: string;
  path: RelPath;
}

/** The parts of a URI; `vscode.Uri` fits, and so does a literal in a test. */
export interface UriParts {
  scheme: string;
  authority: string;
  path: string;
  query: string;
}

/**
 * The path keeps the file's name and folders, so languages, icons and image viewers work. The query
 * is JSON: label formatters can show its `label`, and two revisions never share a URI.
 */
export function toUriParts({ root, rev, path }: SnapshotPath): UriParts {
  return {
    scheme: SNAPSHOT_SCHEME,
    authority: '',
    path: `/${path}`,
    query: JSON.stringify({ root, rev, label: revLabel(rev) }),
  };
}

/** Undefined where the URI is not one of ours. URIs reach us from outside: parse, don't trust. */
export function fromUriParts(uri: UriParts): SnapshotPath | undefined {
  if (uri.scheme !== SNAPSHOT_SCHEME || uri.authority !== '') {
    return undefined;
  }
  let query: unknown;
  try {
    query = JSON.parse(uri.query);
  } catch {
    return undefined;
  }
  if (typeof query !== 'object' || query === null) {
    return undefined;
  }
  const { root, rev } = query as { root?: unknown; rev?: unknown };
  if (typeof root !== 'string' || typeof rev !== 'string' || rev === '') {
    return undefined;
  }
  return { root, rev, path: uri.path.replace(/^\/+|\/+$/gu, '') };
}

/** Ids are cut as people see them elsewhere; a `/` would become part of the path that a tab shows. */
function revLabel(rev: string): string {
  return (/^[0-9a-f]{64}$/u.test(rev) ? rev.slice(0, 10) : rev).replaceAll('/', '∕');
}
