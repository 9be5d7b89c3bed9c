// One bucket at one endpoint: the SDK's client with the options that real servers need (docs/remote-stores.md), errors
// made typed, the region found out, credentials fetched anew when they have expired.
import { readFile } from 'node:fs/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { rootCertificates } from 'node:tls';
import type { Clock } from '../../base/clock';
import { throwIfCancelled } from '../../base/abort';
import { SnapdirError } from '../../core/errors';
import type { StoreCall } from '../../core/permanentStore';
import type { Remote } from '../../core/remote';
import { Budget } from '../budget';
import type { Transfer } from '../transfer';
import type { Environment } from './awsProfiles';
import {
  credentialError,
  findCredentials,
  type CredentialPlaces,
  type FoundCredentials,
} from './credentials';
import type { LoadS3Sdk, S3Sdk } from './loadSdk';
import { proxyFor, tunnelAgent } from './proxy';
import { toStoreError, type RequestContext } from './s3Errors';

type Client = InstanceType<S3Sdk['S3Client']>;

/** What a client needs of the machine. */
export interface S3Places extends CredentialPlaces {
  clock: Clock;
  loadS3: LoadS3Sdk;
  /** Whether HTTPS_PROXY and its like count. Not in the editor, which sees to that itself. */
  proxyFromEnv: boolean;
}

/** What a request is for. */
export type Purpose = Pick<RequestContext, 'operation' | 'permission' | 'key'>;

/** Nobody waits longer for a connection. Milliseconds. */
const CONNECT_MS = 10_000;
const MAX_SOCKETS = 32;
/** Content that is read for requests, of all of them together: four parts of the usual size. Bytes. */
const BODIES = 64 * 1024 * 1024;

/** Runs requests to one remote's bucket. */
export class S3Connection {
  /** However many objects are on their way, so much of them is in memory. */
  readonly bodies = new Budget(BODIES);
  readonly bucket: string;
  readonly sdk: S3Sdk;
  readonly remote: Remote;
  readonly transfer: Transfer;
  private readonly clock: Clock;
  private readonly found: FoundCredentials;
  private readonly endpoint: string | undefined;
  private readonly agents: { httpAgent: HttpAgent; httpsAgent: HttpsAgent };
  private region: string;
  private client: Client;

  private constructor(
    remote: Remote,
    places: S3Places,
    sdk: S3Sdk,
    parts: {
      found: FoundCredentials;
      endpoint: string | undefined;
      region: string;
      agents: { httpAgent: HttpAgent; httpsAgent: HttpsAgent };
      transfer: Transfer;
    },
  ) {
    this.remote = remote;
    this.bucket = remote.place.kind === 's3' ? remote.place.bucket : '';
    this.clock = places.clock;
    this.sdk = sdk;
    this.found = parts.found;
    this.endpoint = parts.endpoint;
    this.region = parts.region;
    this.agents = parts.agents;
    this.transfer = parts.transfer;
    this.client = this.makeClient();
  }

  /** @throws REMOTE_NO_CREDENTIALS, REMOTE_PROFILE_NOT_FOUND, REMOTE_CA_FILE, REMOTE_ENDPOINT_INVALID */
  static async open(remote: Remote, places: S3Places, transfer: Transfer): Promise<S3Connection> {
    const sdk = await places.loadS3();
    const found = await findCredentials(remote, places, sdk);
    const endpoint = remote.endpoint ?? endpointOf(places.env, found);
    const region = regionOf(remote, places.env, found);
    const agents = await makeAgents(remote, endpoint, places);
    return new S3Connection(remote, places, sdk, { found, endpoint, region, agents, transfer });
  }

  /** Who is asked, for people. */
  get host(): string {
    return this.endpoint === undefined
      ? `s3.${this.region}.amazonaws.com`
      : this.endpoint.replace(/^https?:\/\//i, '');
  }

  /**
   * Runs one request. A bucket in another region is asked again there; expired keys are fetched anew once.
   * @throws REMOTE_…, AbortError
   */
  async run<T>(
    purpose: Purpose,
    call: StoreCall,
    request: (client: Client, options: { abortSignal?: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.once(purpose, call, request);
    } catch (error) {
      if (!this.mend(error)) {
        throw error;
      }
      return await this.once(purpose, call, request);
    }
  }

  /** The context of errors. */
  context(purpose: Purpose): RequestContext {
    return {
      ...purpose,
      store: this.remote.name,
      host: this.host,
      bucket: this.bucket,
      region: this.region,
      secure: !/^http:/i.test(this.endpoint ?? ''),
      timeoutSeconds: this.transfer.timeoutSeconds,
      now: this.clock.now(),
    };
  }

  close(): void {
    this.client.destroy();
    this.agents.httpAgent.destroy();
    this.agents.httpsAgent.destroy();
  }

  private async once<T>(
    purpose: Purpose,
    call: StoreCall,
    request: (client: Client, options: { abortSignal?: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    throwIfCancelled(call.signal);
    // The SDK asks of a signal what ours has.
    const abortSignal = call.signal as AbortSignal | undefined;
    try {
      return await request(this.client, abortSignal === undefined ? {} : { abortSignal });
    } catch (error) {
      throwIfCancelled(call.signal);
      throw (
        credentialError(this.remote, this.found, error) ??
        toStoreError(error, this.context(purpose))
      );
    }
  }

  /** Whether the request may work now. */
  private mend(error: unknown): boolean {
    const { region } = SnapdirError.is(error, 'REMOTE_WRONG_REGION') ? error.data : {};
    const anew = region !== undefined && region !== this.region;
    const expired =
      SnapdirError.is(error, 'REMOTE_SESSION_EXPIRED') && this.found.profileName !== '';
    // The SDK has taken over the server's time from the refusal, but does not try again.
    const skewed = SnapdirError.is(error, 'REMOTE_CLOCK_SKEW');
    if (anew) {
      this.region = region;
    }
    if (anew || expired) {
      // Requests under way keep the old one; its sockets are shared.
      this.client = this.makeClient();
    }
    return anew || expired || skewed;
  }

  private makeClient(): Client {
    const { endpoint, remote } = this;
    const { S3Client, NodeHttpHandler } = this.sdk;
    const timeout = this.transfer.timeoutSeconds * 1000;
    const path =
      remote.addressing === 'path' || (remote.addressing === 'auto' && endpoint !== undefined);
    return new S3Client({
      ...(endpoint === undefined ? {} : { endpoint }),
      region: this.region,
      forcePathStyle: path,
      ...(this.found.keys === undefined
        ? {
            credentials: { accessKeyId: 'anonymous', secretAccessKey: 'anonymous' },
            signer: { sign: (request) => Promise.resolve(request) },
          }
        : { credentials: this.found.keys }),
      // Retried by `retrying.ts`, which knows what is safe.
      maxAttempts: 1,
      // The default breaks R2, Ceph 16, Swift and GCS. Bodies are buffers: their SHA-256 is signed and checked by the server.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: new NodeHttpHandler({
        connectionTimeout: Math.min(CONNECT_MS, timeout),
        // Without a sign of life for so long; a limit for the whole request would cut off slow uploads.
        socketTimeout: timeout,
        ...this.agents,
      }),
      logger: silent,
    });
  }
}

/** The SDK's warnings can hold headers. */
const silent = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** As AWS's own tools look: the environment, then the profile. */
function endpointOf(env: Environment, { profile }: FoundCredentials): string | undefined {
  if (env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true') {
    return undefined;
  }
  return env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'] || profile?.endpointUrl;
}

function regionOf(remote: Remote, env: Environment, { profile }: FoundCredentials): string {
  return (
    remote.region ??
    profile?.region ??
    (env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || 'us-east-1')
  );
}

async function makeAgents(
  remote: Remote,
  endpoint: string | undefined,
  places: S3Places,
): Promise<{ httpAgent: HttpAgent; httpsAgent: HttpsAgent }> {
  const ca = await readCertificates(remote);
  const options = {
    keepAlive: true,
    maxSockets: MAX_SOCKETS,
    ...(ca === undefined ? {} : { ca }),
  };
  const target = new URL(endpoint ?? 'https://s3.amazonaws.com');
  const proxy = places.proxyFromEnv ? proxyFor(target, places.env) : undefined;
  if (proxy !== undefined) {
    return {
      httpAgent: tunnelAgent(proxy, false, options),
      httpsAgent: tunnelAgent(proxy, true, options) as HttpsAgent,
    };
  }
  return { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) };
}

/** The remote's own certificates, and the usual ones. */
async function readCertificates({ name, caFile }: Remote): Promise<string[] | undefined> {
  if (caFile === undefined) {
    return undefined;
  }
  const bad = (reason: string): never => {
    throw new SnapdirError('REMOTE_CA_FILE', { store: name, path: caFile, reason });
  };
  const pem = await readFile(caFile, 'utf8').catch(() => bad('it cannot be read'));
  const own = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return own.length === 0 ? bad('it holds no certificates') : [...rootCertificates, ...own];
}
