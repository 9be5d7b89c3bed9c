import type { Checksum } from './ids';

/**
 * A path inside the folder: `/`-separated, no leading `./`, no trailing `/`; the folder itself is `''`.
 * Manifest text alone writes it as `./a/b` and `./a/b/` (store-format §1).
 */
export type RelPath = string;

/** A regular file or a directory, as a manifest line holds it. */
export interface ManifestEntry {
  type: 'F' | 'D';
  /** `st_mode & 07777`. */
  mode: number;
  checksum: Checksum;
  /** Bytes; for a directory the recursive sum of its files. */
  size: number;
  path: RelPath;
}

/** A parsed manifest: entries in the canonical order (byte order of the manifest path), root first. */
export interface Manifest {
  entries: ManifestEntry[];
}

/** A symbolic link, kept as text in the checkpoint's record since manifests cannot hold it. */
export interface LinkEntry {
  path: RelPath;
  target: string;
}

/** Everything that a checkpoint captured: the manifest's entries and the links. */
export interface Tree {
  entries: ManifestEntry[];
  links: LinkEntry[];
}
