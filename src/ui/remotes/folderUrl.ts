/** What of a folder's URI tells where it is, decoded. */
export interface FolderUri {
  scheme: string;
  /** The machine of a UNC path (`\\machine\share`); empty for one on this machine. */
  authority: string;
  path: string;
}

/**
 * The URL of a store in a folder; undefined where no URL of a store says it. A store's URL has no place for a machine:
 * `file://machine/share` is the folder `/machine/share` of this one.
 */
export function folderUrl({ scheme, authority, path }: FolderUri): string | undefined {
  return scheme === 'file' && authority === '' ? `file://${path}` : undefined;
}
