import type { CheckpointInfo } from './engineData';
import type { RecordId } from './ids';
import type { RelPath } from './tree';

export interface ForgetParams {
  /** Files and folders. */
  paths: RelPath[];
  dryRun: boolean;
  /** From the dry run that a person agreed to; absent: whatever it is now. */
  fingerprint?: string;
}

/** A name that a snapshot which held the path was promoted by, or came by. */
export interface ForgottenName {
  name: string;
  /** Where it came from, as far as that is known: the URL of a store without secrets, or a file's name. */
  from: string | null;
}

export interface ForgetResult {
  dryRun: boolean;
  /** Without those that lie below another one. */
  paths: RelPath[];
  /** The records; none: no snapshot held any of the paths. */
  operations: RecordId[];
  /** How many snapshots of the list hold (held) one of the paths, and the newest of them. */
  snapshots: number;
  checkpoints: CheckpointInfo[];
  /** How many other ones did: taken off the list, or told of by no record. */
  unlisted: number;
  /** Contents that go, or went, from the disk for good. */
  objects: number;
  bytes: number;
  /** What stays because another path has the same content (at most 100 of `keptCount`). */
  kept: { path: RelPath; keptIn: RelPath }[];
  keptCount: number;
  /** Permanent stores may still have it under these names (at most 100). */
  promoted: ForgottenName[];
  /** In so many records of snapshots, off the list or not, the target of a link stays: records are never changed. */
  links: number;
  /** Copies in files that a snapshot under way, or one cut off lately, has written: forget again in a minute. */
  underWay: number;
  /** Names exactly this plan. */
  fingerprint: string;
}
