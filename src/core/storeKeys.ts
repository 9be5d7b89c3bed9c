// Keys in a permanent store. They become paths on any disk and names in any bucket, so only what is safe in all of
// them is a key: lower-case letters, digits and `. _ ~ % -`, in parts between slashes.
import { decodeUtf8, encodeUtf8, isWellFormed } from '../base/utf8';
import { SnapdirError } from './errors';
import { isHex64, type Checksum, type SnapshotId } from './ids';
import { shard, unshard } from './storeLayout';

/** Where the layout's parts begin. `OBJECTS` and `MANIFESTS` are frozen; `REFS` is ours. */
export const OBJECTS = '.objects/';
export const MANIFESTS = '.manifests/';
export const REFS = '.refs/';

/** Characters of a part of a key. */
export const MAX_PART = 200;
const PART = new RegExp(`^[a-z0-9._~%-]{1,${MAX_PART}}$`);
/** S3 allows 1024 bytes; the prefix in the bucket takes of that, too. */
const MAX_KEY = 800;
/** Names that Windows keeps for devices, with any ending. */
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/;

/** The key of an object. */
export const objectKey = (checksum: Checksum): string => OBJECTS + shard(checksum);

/** The key of a manifest. */
export const manifestKey = (snapshot: SnapshotId): string => MANIFESTS + shard(snapshot);

/** The checksum or snapshot id whose content lies at `key`; undefined for any other key. */
export function addressOf(key: string): { kind: 'object' | 'manifest'; id: string } | undefined {
  const kind = key.startsWith(OBJECTS)
    ? 'object'
    : key.startsWith(MANIFESTS)
      ? 'manifest'
      : undefined;
  const id = kind === undefined ? undefined : unshard(key.split('/').slice(1));
  return kind === undefined || id === undefined || !isHex64(id) ? undefined : { kind, id };
}

function isPart(part: string): boolean {
  return (
    PART.test(part) &&
    part !== '.' &&
    part !== '..' &&
    !(part.length > 1 && part.endsWith('.')) &&
    !DEVICE.test(part)
  );
}

/** Whether a key can be used in every store. */
export function isKey(key: string): boolean {
  return key.length <= MAX_KEY && key.split('/').every(isPart);
}

/** @throws UNSAFE_PATH */
export function checkKey(key: string): void {
  if (!isKey(key)) {
    throw new SnapdirError('UNSAFE_PATH', { path: key, reason: 'no-store-key' });
  }
}

/** A prefix to list: empty, or the beginning of keys. @throws UNSAFE_PATH */
export function checkPrefix(prefix: string): void {
  const parts = prefix.split('/');
  const last = parts.pop() ?? '';
  const ok = parts.every(isPart) && (last === '' || (PART.test(last) && last !== '..'));
  if (!ok || prefix.length > MAX_KEY) {
    throw new SnapdirError('UNSAFE_PATH', { path: prefix, reason: 'no-store-prefix' });
  }
}

/**
 * Any text as one part of a key, so that different texts never become the same file, also where case does not
 * count: all but `a-z 0-9 _ ~ -` and inner dots become `%xx` of their UTF-8 bytes.
 * @throws INVALID_NAME when it is too long, empty or no text
 */
export function encodeKeyPart(text: string): string {
  let part = '';
  if (isWellFormed(text)) {
    for (const byte of encodeUtf8(text)) {
      const char = String.fromCharCode(byte);
      part += /[a-z0-9._~-]/.test(char) ? char : percent(byte);
    }
  }
  part = part.replace(/^\./, '%2e').replace(/\.$/, '%2e');
  if (DEVICE.test(part)) {
    part = percent(part.charCodeAt(0)) + part.slice(1);
  }
  if (!isPart(part)) {
    throw new SnapdirError('INVALID_NAME', { name: text, reason: 'not-storable' });
  }
  return part;
}

/** The text of {@link encodeKeyPart}; undefined for what it never makes. */
export function decodeKeyPart(part: string): string | undefined {
  const bytes: number[] = [];
  for (let i = 0; i < part.length; i++) {
    const escape = /^%([0-9a-f]{2})/.exec(part.slice(i, i + 3));
    bytes.push(escape === null ? part.charCodeAt(i) : Number.parseInt(escape[1] ?? '', 16));
    i += escape === null ? 0 : 2;
  }
  try {
    const text = decodeUtf8(Uint8Array.from(bytes));
    return encodeKeyPart(text) === part ? text : undefined;
  } catch {
    return undefined;
  }
}

const percent = (byte: number): string => `%${byte.toString(16).padStart(2, '0')}`;
