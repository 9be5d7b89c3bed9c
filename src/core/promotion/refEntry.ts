// What a promoted name's journal is made of: `.refs/<name>/<time>-<nonce>[.<parent>…]`, one small JSON text each,
// written once and never changed (docs/format.md). The key alone tells what an entry follows, so that one LIST
// gives the whole history of a name. `head` beside them is the entry of the last promotion, for stores that can
// compare and swap: it says who won a race, and is of no meaning where the journal knows better.
import { decodeUtf8, encodeUtf8 } from '../../base/utf8';
import { SnapdirError } from '../errors';
import type { SnapshotId } from '../ids';
import { checkName } from '../refName';
import { RECORD_LIMITS } from '../records/fields';
import * as field from '../records/fields';
import { decodeKeyPart, encodeKeyPart, REFS } from '../storeKeys';
import type { LinkEntry } from '../tree';

/** What the record of a promoted checkpoint knows beside the snapshot. */
export interface PromotedCheckpoint {
  /** When it was taken, milliseconds since 1970. */
  time: number;
  message: string;
  author: string;
  tags: string[];
  /** Symbolic links, which manifests cannot hold. */
  links: LinkEntry[];
}

/** One promotion. */
export interface RefEntry {
  id: SnapshotId;
  /** Nonces of the entries that this one follows; several when it settles a conflict. */
  parents: string[];
  /** Milliseconds since 1970, by the clock of who promoted. */
  at: number;
  by: string;
  /** 16 hex digits: the same snapshot promoted twice makes two entries. */
  nonce: string;
  /**
   * Who entered it, where it is no new promotion: what the name stood for is said again, so that what lay aside, and
   * has another name now, is followed by something. `by` is still who promoted.
   */
  settledBy?: string;
  /** Of the snapshot: how many files, and bytes of different contents. */
  files?: number;
  bytes?: number;
  checkpoint?: PromotedCheckpoint;
}

/** What an entry's key says. */
export interface RefKey {
  key: string;
  name: string;
  at: number;
  nonce: string;
  parents: string[];
}

/** Parents that one key has room for. */
export const MAX_PARENTS = 8;
/** Bytes; links beyond do not travel. */
export const MAX_ENTRY_BYTES = 1024 * 1024;
const HEAD = 'head';
const ENTRY = /^(\d{17})-([0-9a-f]{16})((?:\.[0-9a-f]{16}){0,8})$/;
const NONCE = /^[0-9a-f]{16}$/;

/** Where the journal of a name lies; ends in `/`. @throws INVALID_NAME */
export function refFolder(name: string): string {
  return `${REFS}${encodeKeyPart(name)}/`;
}

/**
 * Checks a name that is to stand in a permanent store: it is one here, and its folder there has a place for it.
 * @throws INVALID_NAME
 */
export function checkStoredName(name: string): void {
  checkName(name, 'ref');
  refFolder(name);
}

/** The key of the entry that won last. @throws INVALID_NAME */
export const headKey = (name: string): string => refFolder(name) + HEAD;

/** `YYYYMMDDhhmmssmmm`, UTC: sorts by time. */
function stamp(at: number): string {
  return new Date(at).toISOString().replace(/\D/g, '').slice(0, 17);
}

function timeOf(digits: string): number {
  const [, y, mo, d, h, mi, s, ms] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(digits) ?? [];
  return Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}.${ms}Z`);
}

/** The key of an entry. @throws INVALID_NAME */
export function refEntryKey(name: string, entry: RefEntry): string {
  const parents = entry.parents.map((nonce) => `.${nonce}`).join('');
  return `${refFolder(name)}${stamp(entry.at)}-${entry.nonce}${parents}`;
}

/** What a key below `.refs/` names; undefined for anything else that lies there. */
export function parseRefKey(
  key: string,
): RefKey | { key: string; name: string; head: true } | undefined {
  const [folder, part, file, ...rest] = key.split('/');
  const name = part === undefined ? undefined : decodeKeyPart(part);
  if (`${folder}/` !== REFS || name === undefined || file === undefined || rest.length > 0) {
    return undefined;
  }
  if (file === HEAD) {
    return { key, name, head: true };
  }
  const match = ENTRY.exec(file);
  const at = timeOf(match?.[1] ?? '');
  if (match === null || Number.isNaN(at)) {
    return undefined;
  }
  return { key, name, at, nonce: match[2]!, parents: match[3]!.split('.').slice(1) };
}

const nonce: field.Check<string> = (value, name) =>
  typeof value === 'string' && NONCE.test(value)
    ? value
    : field.refuseRecord(`"${name}" is not 16 hex digits`);

const check = field.shape<RefEntry>({
  id: field.snapshotId,
  parents: field.list(nonce, MAX_PARENTS),
  at: field.time,
  by: field.text(RECORD_LIMITS.author),
  nonce,
  settledBy: field.optional(field.text(RECORD_LIMITS.author)),
  files: field.optional(field.count),
  bytes: field.optional(field.count),
  checkpoint: field.optional(
    field.shape<PromotedCheckpoint>({
      time: field.time,
      message: field.text(RECORD_LIMITS.message),
      author: field.text(RECORD_LIMITS.author),
      tags: field.list(field.name('tag'), RECORD_LIMITS.tags),
      links: field.links,
    }),
  ),
});

/**
 * An entry's text: `{id, parent, at, by, nonce}` and what the checkpoint's record knows.
 * @throws PARSE when a field breaks a limit
 */
export function formatRefEntry(entry: RefEntry): Uint8Array {
  const { id, parents, at, by, nonce: own, settledBy, ...more } = check(entry, 'ref');
  const { files, bytes: size, checkpoint } = more;
  const [parent = null] = parents;
  const rest = checkpoint === undefined ? {} : { checkpoint };
  const plain = { v: 1, id, parent, parents, at, by, nonce: own, settledBy, files, bytes: size };
  const bytes = encodeUtf8(`${JSON.stringify({ ...plain, ...rest })}\n`);
  if (bytes.length > MAX_ENTRY_BYTES && checkpoint !== undefined) {
    const few = { ...checkpoint, links: [], tags: [] };
    return encodeUtf8(`${JSON.stringify({ ...plain, checkpoint: few })}\n`);
  }
  return bytes;
}

/**
 * Reads an entry, which anybody who can write to the store may have made, and holds it against its key.
 * @throws PARSE; UNSUPPORTED_FORMAT when a newer version wrote it
 */
export function parseRefEntry(bytes: Uint8Array, key?: RefKey): RefEntry {
  const what = key?.key ?? 'promotion';
  if (bytes.length > MAX_ENTRY_BYTES) {
    throw new SnapdirError('PARSE', { what, reason: `longer than ${MAX_ENTRY_BYTES} bytes` });
  }
  let value: unknown;
  try {
    value = JSON.parse(decodeUtf8(bytes));
  } catch {
    throw new SnapdirError('PARSE', { what, reason: 'it is not JSON' });
  }
  const version = (value as { v?: unknown } | null)?.v;
  if (typeof version === 'number' && version > 1) {
    throw new SnapdirError('UNSUPPORTED_FORMAT', { found: `promotion ${version}`, supported: '1' });
  }
  const entry = check(value, 'promotion');
  if (
    key !== undefined &&
    (entry.nonce !== key.nonce ||
      entry.at !== key.at ||
      entry.parents.join('.') !== key.parents.join('.'))
  ) {
    throw new SnapdirError('PARSE', { what, reason: 'it does not say what its key says' });
  }
  return entry;
}
