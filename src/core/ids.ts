import { SnapdirError } from './errors';

declare const brand: unique symbol;
type Branded<T, B extends string> = T & { readonly [brand]: B };

/** BLAKE3-256 of an object's bytes (or of a directory by the merkle rule), 64 lower-case hex digits. */
export type Checksum = Branded<string, 'Checksum'>;
/** BLAKE3-256 of a manifest's text: names an immutable tree. */
export type SnapshotId = Branded<string, 'SnapshotId'>;
/** BLAKE3-256 of a record's text. Every operation has one. */
export type RecordId = Branded<string, 'RecordId'>;
/** The record id of a `take` record: names a recorded moment. */
export type CheckpointId = Branded<string, 'RecordId'>;

const HEX64 = /^[0-9a-f]{64}$/;

/** Whether `text` is 64 lower-case hex digits. */
export function isHex64(text: string): boolean {
  return HEX64.test(text);
}

function parse(text: string, what: string): string {
  if (!HEX64.test(text)) {
    throw new SnapdirError('PARSE', { what, reason: 'expected 64 lower-case hex digits' });
  }
  return text;
}

/** @throws PARSE */
export const parseChecksum = (text: string): Checksum => parse(text, 'checksum') as Checksum;
/** @throws PARSE */
export const parseSnapshotId = (text: string): SnapshotId =>
  parse(text, 'snapshot id') as SnapshotId;
/** @throws PARSE */
export const parseRecordId = (text: string): RecordId => parse(text, 'record id') as RecordId;

/** How many digits people see. */
export const SHORT_ID = 10;

/** The first digits of an id, as people see it. */
export function shortId(id: string): string {
  return id.slice(0, SHORT_ID);
}
