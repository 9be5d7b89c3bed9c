// A remote: a permanent store as settings describe it. Secrets are never part of it.
import type { Cause, EndpointCauses, UrlCauses } from './causes';
import { SnapdirError, type ErrorData } from './errors';
import type { HashBytes } from './hasher';
import { hashText } from './hasher';
import {
  choice,
  CONTROL,
  flag,
  numberFields,
  optional,
  textField,
  type Fields,
  type RemoteNumber,
} from './remoteFields';

/** How requests name the bucket: in the path or in the host's name. `auto`: in the path where an endpoint is set. */
export type Addressing = 'auto' | 'path' | 'virtual';
/** Where keys come from: AWS's usual places, a profile, this machine's secret storage, or none at all. */
export type RemoteAuth = 'chain' | 'profile' | 'stored' | 'anonymous';

/** The settings of one remote (`snapdir.remotes`), checked and with defaults. */
export interface Remote {
  name: string;
  /** As it was given: `s3://bucket/prefix` (`b2:`, `gs:`) or `file:///folder`. */
  url: string;
  place: RemotePlace;
  /** `https://host[:port]`; undefined means AWS, or what the profile says. B2 and Google have one of their own. */
  endpoint?: string;
  region?: string;
  addressing: Addressing;
  auth: RemoteAuth;
  profile?: string;
  conditionalWrites: 'auto' | 'off';
  /** Certificates (PEM) to trust beside the system's. */
  caFile?: string;
  /** Whether an endpoint that is not on this machine may go without encryption. */
  allowInsecure: boolean;
  serverSideEncryption: 'none' | 'AES256' | 'aws:kms';
  kmsKeyId?: string;
  storageClass?: string;
  readOnly: boolean;
  /** Whether keys may come from the cloud machine that this runs on (IMDS, ECS). Off: asking takes seconds elsewhere. */
  instanceMetadata: boolean;
  /** How content travels, where it is not the usual way: see `stores/transfer.ts`. */
  transfer: Partial<Record<RemoteNumber, number>>;
}

/** Where a remote is. */
export type RemotePlace =
  { kind: 's3'; bucket: string; prefix: string } | { kind: 'file'; path: string };

/** Keys that a person entered; they live in secret storage only. */
export interface StoredKeys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/;
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;

/** Schemes of buckets; all of them speak S3. */
const BUCKETS = new Set(['s3', 'b2', 'gs']);

const schemeOf = (url: string): string | undefined => /^([a-z0-9]+):/.exec(url)?.[1];

/** A URL without what may be secret in it: no user, no query. For every text that people or logs see. */
export function redactUrl(url: string): string {
  return url
    .replace(/[\x00-\x1f\x7f]/g, '?')
    .replace(/^([a-z0-9]+:\/*)[^/]*@/i, '$1…@')
    .replace(/[?#].*$/s, '?…');
}

/** What a store is called that was given by its URL. */
const UNNAMED = 'url';

/** What errors call a store: its name in the settings, or its URL. */
export const labelOfRemote = ({ name, url }: Remote): string =>
  name === UNNAMED ? redactUrl(url) : name;

function invalid(url: string, is: Exclude<keyof UrlCauses, 'bucket-refused'>): never {
  const reason: Cause<UrlCauses> = { is };
  throw new SnapdirError('REMOTE_URL_INVALID', { url: redactUrl(url), reason });
}

/** Whose settings it is that cannot be used. */
function ofStore<T>(store: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw SnapdirError.is(error, 'REMOTE_URL_INVALID')
      ? new SnapdirError('REMOTE_URL_INVALID', { ...error.data, store }, { cause: error })
      : error;
  }
}

/**
 * Reads a store's URL as snapdir's tools do: the text after `s3://BUCKET/` is the prefix as it stands, nothing is
 * decoded, and one slash at the end does not count. `file:` and any slashes begin an absolute path.
 * @throws REMOTE_URL_INVALID
 */
export function parseRemoteUrl(url: string): RemotePlace {
  const scheme = schemeOf(url);
  if (scheme === undefined || CONTROL.test(url)) {
    invalid(url, 'url-shape');
  }
  if (scheme === 'file') {
    const rest = url.replace(/^file:\/*/, '').replace(/^localhost\//, '');
    const path = rest.replace(/\/$/, '');
    const windows = /^[A-Za-z]:(\/|$)/.test(path);
    if (path === '' || path.split('/').some((part) => part === '..' || part === '.')) {
      invalid(url, 'full-path');
    }
    return { kind: 'file', path: windows ? path : `/${path}` };
  }
  if (!BUCKETS.has(scheme)) {
    invalid(url, 'url-scheme');
  }
  const [, bucket = '', , rest = ''] = /^[a-z0-9]+:\/\/([^/]*)(\/(.*))?$/s.exec(url) ?? [];
  if (bucket.includes('@')) {
    invalid(url, 'keys-in-url');
  }
  if (/[?#]/.test(url)) {
    invalid(url, 'query-in-url');
  }
  if (!BUCKET.test(bucket) || bucket.includes('..')) {
    invalid(url, 'bucket-letters');
  }
  const prefix = rest.replace(/\/$/, '');
  if (prefix.split('/').some((part) => part === '.' || part === '..') || prefix.length > 200) {
    invalid(url, 'prefix-parts');
  }
  return { kind: 's3', bucket, prefix };
}

/** Whether what is sent to an endpoint can be read on the way. */
export function isInsecure(endpoint: string): boolean {
  const here = /^http:\/\/(localhost|127(\.\d+){3}|\[::1\])(:\d+)?(\/|$)/i;
  return /^http:/i.test(endpoint) && !here.test(endpoint);
}

/** @throws REMOTE_ENDPOINT_INVALID, and REMOTE_INSECURE where an endpoint elsewhere must encrypt and does not */
export function checkEndpoint(
  store: string,
  endpoint: string,
  allowInsecure: boolean,
  from?: ErrorData['REMOTE_ENDPOINT_INVALID']['from'],
): void {
  const shape = /^(https?):\/\/(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?\/?$/i;
  const bad = (is: keyof EndpointCauses): never => {
    throw new SnapdirError('REMOTE_ENDPOINT_INVALID', {
      store,
      endpoint: redactUrl(endpoint),
      reason: { is },
      ...(from === undefined ? {} : { from }),
    });
  };
  if (/^[a-z]+:\/\/[^/]*@/i.test(endpoint)) {
    bad('endpoint-keys');
  }
  if (!/^https?:\/\//i.test(endpoint)) {
    bad('endpoint-scheme');
  }
  if (!shape.test(endpoint)) {
    bad('endpoint-shape');
  }
  if (isInsecure(endpoint) && !allowInsecure) {
    throw new SnapdirError('REMOTE_INSECURE', { store, endpoint: redactUrl(endpoint) });
  }
}

/**
 * What a URL says of where its store is asked, and what may be expected of it.
 * @throws REMOTE_URL_INVALID where B2's region is not told
 */
function usualOf(url: string, { region, endpoint }: Partial<Remote>): Partial<Remote> {
  switch (schemeOf(url)) {
    case 'b2':
      if (endpoint !== undefined) {
        return {};
      }
      if (region === undefined || !/^[a-z0-9-]+$/.test(region)) {
        invalid(url, 'region-missing');
      }
      return { endpoint: `https://s3.${region}.backblazeb2.com` };
    case 'gs':
      // Its S3 interface looks at conditions for reading only.
      return {
        ...{ endpoint: 'https://storage.googleapis.com', region: 'auto' },
        conditionalWrites: 'off',
      };
    default:
      return {};
  }
}

/**
 * Checks the settings of one remote. Fields that it does not know are ignored, so that a newer version's settings
 * can be read.
 * @throws REMOTE_URL_INVALID, REMOTE_ENDPOINT_INVALID, REMOTE_INSECURE, INVALID_NAME, INVALID_ARGUMENT
 */
export function parseRemote(name: string, fields: Fields): Remote {
  if (!NAME.test(name)) {
    throw new SnapdirError('INVALID_NAME', { name, reason: 'store-letters' });
  }
  const url = textField(name, fields, 'url') ?? '';
  const place = ofStore(name, () => parseRemoteUrl(url));
  const given = textField(name, fields, 'endpoint');
  const region = textField(name, fields, 'region');
  const known = { ...optional('endpoint', given), ...optional('region', region) };
  const usual = ofStore(name, () => usualOf(url, known));
  const endpoint = given ?? usual.endpoint;
  const allowInsecure = flag(name, fields, 'allowInsecure');
  if (endpoint !== undefined) {
    checkEndpoint(name, endpoint, allowInsecure);
  }
  const profile = textField(name, fields, 'profile');
  const text = <K extends string>(key: K): Partial<Record<K, string>> =>
    optional(key, textField(name, fields, key));
  return {
    name,
    url,
    place,
    ...optional('endpoint', endpoint?.replace(/\/$/, '')),
    ...optional('region', region ?? usual.region),
    addressing: choice(name, fields, 'addressing', ['auto', 'path', 'virtual']),
    auth:
      fields['auth'] === undefined && profile !== undefined
        ? 'profile'
        : choice(name, fields, 'auth', ['chain', 'profile', 'stored', 'anonymous']),
    ...optional('profile', profile),
    conditionalWrites: choice(
      name,
      fields,
      'conditionalWrites',
      usual.conditionalWrites === 'off' ? ['off', 'auto'] : ['auto', 'off'],
    ),
    ...text('caFile'),
    serverSideEncryption: choice(name, fields, 'serverSideEncryption', [
      'none',
      'AES256',
      'aws:kms',
    ]),
    ...text('kmsKeyId'),
    ...text('storageClass'),
    allowInsecure,
    readOnly: flag(name, fields, 'readOnly'),
    instanceMetadata: flag(name, fields, 'instanceMetadata'),
    transfer: numberFields(name, fields),
  };
}

/** `host` or `host:port` of a remote, for people and for questions about trust; empty for a folder. */
export function remoteHost(remote: Remote): string {
  return remote.place.kind === 'file'
    ? ''
    : (remote.endpoint?.replace(/^https?:\/\//i, '') ?? 'amazonaws.com');
}

/**
 * Under what name a remote's keys are kept in secret storage. Endpoint and bucket are part of it, so that whoever edits
 * the settings cannot lead the keys elsewhere.
 */
export function secretName(remote: Remote, hash: HashBytes): string {
  const bucket = remote.place.kind === 's3' ? remote.place.bucket : '';
  const place = [remote.endpoint?.toLowerCase() ?? '', bucket, remote.name].join('\n');
  return `snapdir.remote:${hashText(place, hash)}`;
}
