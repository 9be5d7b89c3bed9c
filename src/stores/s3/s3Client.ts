// One bucket at one endpoint: the SDK's client with the options that real servers need (docs/remote-stores.md), errors
// made typed, the region found out, credentials fetched anew when they have expired.
import toFastProperties from 'to-fast-properties';
import type { Clock } from '../../base/clock';
import { throwIfCancelled } from '../../base/abort';
import { SnapdirError, type ErrorData } from '../../core/errors';
import type { StoreCall } from '../../core/permanentStore';
import { checkEndpoint, isInsecure, labelOfRemote, type Remote } from '../../core/remote';
import { Budget } from '../budget';
import type { ConditionMemory } from '../conditionMemory';
import { MOST_REQUESTS, type Transfer } from '../transfer';
import type { Environment } from './awsProfiles';
import { makeHandler, type AgentPlaces, type Handler } from './agents';
import { findCredentials, type CredentialPlaces, type FoundCredentials } from './credentials';
import { sendStoppable, stoppable } from './cancelling';
import type { LoadS3Sdk, S3Sdk } from './loadSdk';
import type {
  $Command,
  S3ClientConfig,
  S3ClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from './sdk';
import { toStoreError, type RequestContext } from './s3Errors';

type Client = InstanceType<S3Sdk['S3Client']>;

/** A request, by what it takes and what it answers. */
type S3Command<I extends ServiceInputTypes, O extends ServiceOutputTypes> = $Command<
  I,
  O,
  S3ClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes
>;

/** What a client needs of the machine. */
export interface S3Places extends CredentialPlaces, AgentPlaces {
  clock: Clock;
  loadS3: LoadS3Sdk;
  /** Where it is kept which stores keep conditions; absent: each store object tries it out. */
  conditions?: ConditionMemory;
}

/** What a request is for. */
export type Purpose = Pick<RequestContext, 'operation' | 'permission' | 'key'>;

/** Content that is read for requests, of all of them together: four parts of the usual size. Bytes. */
const BODIES = 64 * 1024 * 1024;

/** Runs requests to one remote's bucket. */
export class S3Connection {
  /** However many objects are on their way, so much of them is in memory. */
  readonly bodies = new Budget(BODIES);
  readonly bucket: string;
  /** Whose bucket it is: the endpoint without anything behind it, or AWS in the region that was asked for first. */
  readonly origin: string;
  readonly sdk: S3Sdk;
  readonly remote: Remote;
  readonly transfer: Transfer;
  /** Requests in flight; undefined where the store's settings set no limit: what is above this has one of its own. */
  private readonly slots: Budget | undefined;
  private readonly clock: Clock;
  private readonly found: FoundCredentials;
  private readonly endpoint: string | undefined;
  private readonly handler: Handler;
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
      handler: Handler;
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
    this.handler = parts.handler;
    this.transfer = parts.transfer;
    const { most } = parts.transfer;
    this.slots = most < MOST_REQUESTS ? new Budget(most) : undefined;
    this.origin = this.endpoint === undefined ? this.host : originOf(this.endpoint);
    this.client = this.makeClient();
  }

  /** @throws REMOTE_NO_CREDENTIALS, REMOTE_PROFILE_NOT_FOUND, REMOTE_CA_FILE, REMOTE_ENDPOINT_INVALID, REMOTE_INSECURE */
  static async open(remote: Remote, places: S3Places, transfer: Transfer): Promise<S3Connection> {
    const sdk = await places.loadS3();
    const handler = await makeHandler(remote, places, sdk, transfer.timeoutSeconds * 1000);
    const found = await findCredentials(remote, places, sdk, handler);
    const own: Asked | undefined = remote.endpoint === undefined ? undefined : remote;
    const { endpoint, from } = own ?? endpointOf(places.env, found);
    // What AWS's own settings say may have a path behind it.
    const isUrl = endpoint !== undefined && /^https?:/i.test(endpoint) && URL.canParse(endpoint);
    if (endpoint !== undefined && (!isUrl || isInsecure(endpoint))) {
      checkEndpoint(labelOfRemote(remote), endpoint, remote.allowInsecure, from);
    }
    const region = regionOf(remote, places.env, found);
    return new S3Connection(remote, places, sdk, { found, endpoint, region, handler, transfer });
  }

  /** What errors call the store. */
  get label(): string {
    return labelOfRemote(this.remote);
  }

  /** Who is asked, for people. */
  get host(): string {
    return this.endpoint === undefined
      ? `s3.${this.region}.amazonaws.com`
      : this.endpoint.replace(/^https?:\/\//i, '');
  }

  /**
   * Sends one request. A bucket in another region is asked again there; expired keys are fetched anew once.
   * @throws REMOTE_…, AbortError
   */
  send<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
    purpose: Purpose,
    call: StoreCall,
    command: S3Command<I, O>,
  ): Promise<O> {
    return this.receive(purpose, call, command, (answer) => Promise.resolve(answer));
  }

  /** As {@link send}, for an answer that comes bit by bit. What goes wrong in `read` is judged as the request is. */
  receive<I extends ServiceInputTypes, O extends ServiceOutputTypes, T>(
    purpose: Purpose,
    call: StoreCall,
    command: S3Command<I, O>,
    read: (answer: O) => Promise<T>,
  ): Promise<T> {
    const { slots } = this;
    const ask = (): Promise<T> => this.ask(purpose, call, command, read);
    return slots === undefined ? ask() : slots.spend(1, call, ask);
  }

  private async ask<I extends ServiceInputTypes, O extends ServiceOutputTypes, T>(
    purpose: Purpose,
    call: StoreCall,
    command: S3Command<I, O>,
    read: (answer: O) => Promise<T>,
  ): Promise<T> {
    const request = async (): Promise<T> => read(await this.client.send(command));
    stoppable(command, call.signal);
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
      store: this.label,
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
    this.handler.destroy();
  }

  private async once<T>(purpose: Purpose, call: StoreCall, request: () => Promise<T>): Promise<T> {
    throwIfCancelled(call.signal);
    try {
      return await request();
    } catch (error) {
      throwIfCancelled(call.signal);
      // What keeps keys from being had is a typed error already.
      throw toStoreError(error, this.context(purpose));
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
    const { S3Client } = this.sdk;
    const path =
      remote.addressing === 'path' || (remote.addressing === 'auto' && endpoint !== undefined);
    const client = new S3Client({
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
      requestHandler: this.handler,
      logger: silent,
      // Keys of a directory bucket are a session's, which requests would share while it is renewed.
      cacheMiddleware: !this.bucket.endsWith('--x-s3'),
    });
    sendStoppable(client, this.handler);
    // It is copied several times for each request, which from a hash table takes a sixth of all that the SDK does.
    toFastProperties(client.config);
    return client;
  }
}

type SdkLogger = NonNullable<S3ClientConfig['logger']>;

/** The SDK's warnings can hold headers. Without `info` it need not make of each request what it would say of it there. */
const silent = {
  trace: () => undefined,
  debug: () => undefined,
  warn: () => undefined,
  error: () => undefined,
} as unknown as SdkLogger;

/** An endpoint however it was written; a variable's may have a path, and a user that is nobody's business. */
function originOf(endpoint: string): string {
  const { protocol, host, pathname } = new URL(endpoint);
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`;
}

interface Asked {
  endpoint?: string | undefined;
  /** Where it stands. */
  from?: ErrorData['REMOTE_ENDPOINT_INVALID']['from'];
}

/** As AWS's own tools look: the environment, then the profile. */
function endpointOf(env: Environment, { profile, profileName }: FoundCredentials): Asked {
  if (env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true') {
    return {};
  }
  const variable = ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'].find((name) => env[name]);
  return variable === undefined
    ? { endpoint: profile?.endpointUrl, from: { profile: profileName } }
    : { endpoint: env[variable], from: { variable } };
}

function regionOf(remote: Remote, env: Environment, found: FoundCredentials): string {
  const inEnv = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || undefined;
  const inProfile = found.profile?.region;
  // A profile whose keys are used goes before the environment; one that only stands there comes after it.
  const first = found.profileName === '' ? (inEnv ?? inProfile) : (inProfile ?? inEnv);
  return remote.region ?? first ?? 'us-east-1';
}
