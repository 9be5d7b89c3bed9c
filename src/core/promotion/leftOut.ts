// What a search for secrets finds, and what is left out of a promotion then (H62).
import type { SnapshotId } from '../ids';
import type { RelPath } from '../tree';
import type { SecretKind } from './promotionErrors';
import type { SecretFinding } from './secrets';

export interface SecretsFound {
  /** At most {@link SECRETS_LISTED}, copies first: what they are copies of is listed until all of them are. */
  found: SecretFinding[];
  count: number;
  /** Files that were looked into. */
  read: number;
}

/** Something that was left out of a promotion: a file with its content, or a message or a link with its text. */
export type LeftOut = { path: RelPath; kind: SecretKind } & (
  { checksum: string } | { text: string }
);

/** What a name stood for here, and the snapshot without some files that was promoted in its place. */
export interface LastLeftOut {
  snapshot: SnapshotId;
  promoted: SnapshotId;
  /** How many files and links were left out. */
  count: number;
}

/** A snapshot without files that were left out. */
export interface RestOfSnapshot {
  snapshot: SnapshotId;
  /** At most {@link SECRETS_LISTED} of `count`. */
  leftOut: RelPath[];
  count: number;
  /** Files, and different contents, of what is left; bytes of those contents. */
  files: number;
  objects: number;
  bytes: number;
  manifestBytes: number;
}

/** So many findings are listed by name. */
export const SECRETS_LISTED = 500;
