// Where a bucket is, as people know it: out of a browser, a provider's page, another tool's settings.
import type { Cause, UrlCauses } from './causes';
import { SnapdirError } from './errors';
import { checkEndpoint, parseRemoteUrl, redactUrl } from './remote';

/** What settings say of where a store is. */
export interface StoreAddress {
  url: string;
  endpoint?: string;
  region?: string;
}

function invalid(url: string, is: Exclude<keyof UrlCauses, 'bucket-refused'>): never {
  const reason: Cause<UrlCauses> = { is };
  throw new SnapdirError('REMOTE_URL_INVALID', { url: redactUrl(url), reason });
}

/** Hosts that have the bucket before them (`bucket.s3.…`) or behind (`s3.…/bucket`), and what stands for them in settings. */
const KNOWN: readonly { host: RegExp; scheme: string }[] = [
  {
    host: /^(?:(?<bucket>.+)\.)?s3(?:\.dualstack)?(?:[.-](?<region>[a-z]{2}(?:-[a-z]+)+-\d+))?\.amazonaws\.com(?:\.cn)?$/,
    scheme: 's3',
  },
  { host: /^(?:(?<bucket>.+)\.)?s3\.(?<region>[a-z0-9-]+)\.backblazeb2\.com$/, scheme: 'b2' },
  { host: /^(?:(?<bucket>.+)\.)?storage\.googleapis\.com$/, scheme: 'gs' },
];

/**
 * Reads `s3://bucket/prefix`, `bucket/prefix`, `b2://…`, `gs://…`, `https://host[:port]/bucket/prefix` and the addresses of
 * AWS, B2 and Google that have the bucket in the host's name. Of https a prefix is decoded, as it stands otherwise.
 * @throws REMOTE_URL_INVALID, REMOTE_ENDPOINT_INVALID
 */
export function readStoreAddress(text: string): StoreAddress {
  const trimmed = text.trim();
  if (trimmed === '') {
    invalid('', 'write-address');
  }
  if (/^https?:/i.test(trimmed)) {
    return ofWeb(trimmed);
  }
  const url = /^[a-z0-9]+:\/\//i.test(trimmed) ? trimmed : `s3://${trimmed}`;
  if (parseRemoteUrl(url).kind !== 's3') {
    invalid(url, 's3-shape');
  }
  if (url.startsWith('b2:')) {
    invalid(url, 'region-in-url');
  }
  return { url };
}

function ofWeb(address: string): StoreAddress {
  const [, origin = '', scheme = '', host = '', path = ''] =
    /^((https?):\/\/([^/?#]*))\/*(.*?)\/?$/is.exec(address) ?? [];
  if (host.includes('@')) {
    invalid(address, 'keys-come-later');
  }
  if (/[?#]/.test(address)) {
    invalid(address, 'web-shape');
  }
  checkEndpoint('', origin, true);
  for (const { host: shape, scheme: known } of scheme.toLowerCase() === 'https' ? KNOWN : []) {
    const found = shape.exec(host.toLowerCase());
    if (found !== null) {
      const { bucket, region } = found.groups ?? {};
      const parts = [bucket === undefined ? '' : host.slice(0, bucket.length), path];
      const whole = parts.filter((part) => part !== '').join('/');
      return { url: bucketUrl(address, known, whole), ...(region && { region }) };
    }
  }
  if (/\.amazonaws\.com(\.cn)?$/i.test(host) && !/\.vpce\.amazonaws\.com$/i.test(host)) {
    invalid(address, 'aws-shape');
  }
  const region = /\.r2\.cloudflarestorage\.com$/i.test(host) ? { region: 'auto' } : {};
  return { url: bucketUrl(address, 's3', path), endpoint: origin, ...region };
}

function bucketUrl(address: string, scheme: string, path: string): string {
  if (path === '') {
    invalid(address, 'bucket-missing');
  }
  const url = `${scheme}://${decoded(address, path)}`;
  parseRemoteUrl(url);
  return url;
}

function decoded(address: string, path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return invalid(address, 'bad-percent');
  }
}
