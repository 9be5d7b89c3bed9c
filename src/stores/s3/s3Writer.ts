// Content in one request, under a condition or not.
import { SnapdirError } from '../../core/errors';
import type { NoS3Causes } from '../../core/causes';
import type { StoreCall, StoreEntry, WriteCondition } from '../../core/permanentStore';
import type { Remote } from '../../core/remote';
import { bare, isMissing, isStatus } from './answers';
import type { Purpose, S3Connection } from './s3Client';

/** What a writer asks of its store. */
export interface WriterStore {
  base: string;
  head(key: string, call: StoreCall): Promise<StoreEntry | undefined>;
  notS3(is: keyof NoS3Causes): SnapdirError;
}

/** Writes to a bucket. */
export class S3Writer {
  private readonly connection: S3Connection;
  private readonly store: WriterStore;
  /** Ceph before 20 compares an ETag in quotes with one without, and says that they differ. */
  private bareVersions = false;

  constructor(connection: S3Connection, store: WriterStore) {
    this.connection = connection;
    this.store = store;
  }

  /** Writes in one request. @throws REMOTE_CONFLICT, REMOTE_NO_CONDITIONS, … */
  async put(
    key: string,
    body: Uint8Array,
    purpose: Purpose,
    call: StoreCall & { condition?: WriteCondition },
  ): Promise<{ version?: string }> {
    try {
      return await this.send(key, body, purpose, call);
    } catch (error) {
      const { condition } = call;
      const doubtful =
        SnapdirError.is(error, 'REMOTE_CONFLICT') &&
        condition !== undefined &&
        'ifVersion' in condition &&
        !this.bareVersions;
      if (!doubtful || (await this.store.head(key, call))?.version !== condition.ifVersion) {
        throw error;
      }
      // It refused a condition that holds: it may not know its own quotes. The server judges again.
      const done = await this.send(key, body, purpose, call, true);
      this.bareVersions = true;
      return done;
    }
  }

  private async send(
    key: string,
    body: Uint8Array,
    purpose: Purpose,
    call: StoreCall & { condition?: WriteCondition },
    bareVersion = this.bareVersions,
  ): Promise<{ version?: string }> {
    const { sdk, bucket: Bucket } = this.connection;
    const condition = conditionOf(call.condition, bareVersion);
    const command = new sdk.PutObjectCommand({
      ...{
        Bucket,
        Key: this.store.base + key,
        ...writeOptions(this.connection.remote),
        ...condition,
      },
      // Never a stream: of a buffer the SHA-256 is sent, signed, and checked by the server. A `Buffer`, since of other bytes
      // the SDK takes none that threads share.
      Body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
      ContentLength: body.length,
    });
    const { ETag } = await this.connection.send(purpose, call, command).catch((error: unknown) => {
      throw call.condition === undefined ? error : this.conditionError(key, error);
    });
    if (ETag !== undefined && ETag !== '') {
      return { version: bare(ETag) };
    }
    // Swift says nothing where another write came between; a web page says nothing about anything.
    const found = await this.store.head(key, call);
    if (found === undefined) {
      throw this.store.notS3('silent-content');
    }
    return found.version === undefined ? {} : { version: found.version };
  }

  /** What a refusal means where there was a condition. */
  private conditionError(key: string, error: unknown): unknown {
    const store = this.connection.label;
    if (AGAINST_CONDITIONS.some((status) => isStatus(error, status))) {
      return new SnapdirError('REMOTE_NO_CONDITIONS', { store }, { cause: error });
    }
    // 404 to a replacement of what is not there.
    return isMissing(error)
      ? new SnapdirError('REMOTE_CONFLICT', { store, key }, { cause: error })
      : error;
  }
}

/**
 * What servers that know no conditions on writes say to one, where nothing else explains it: that it is not implemented, or a header
 * or a method that they do not take, or what is an answer to a reader. Without the condition it may work.
 */
const AGAINST_CONDITIONS = [501, 400, 405, 304];

/** What is asked of a bucket for everything that is written. */
export function writeOptions(remote: Remote): object {
  const { serverSideEncryption, kmsKeyId, storageClass } = remote;
  return {
    ContentType: 'application/octet-stream',
    ...(serverSideEncryption === 'none' ? {} : { ServerSideEncryption: serverSideEncryption }),
    ...(kmsKeyId === undefined ? {} : { SSEKMSKeyId: kmsKeyId }),
    ...(storageClass === undefined ? {} : { StorageClass: storageClass }),
  };
}

function conditionOf(condition: WriteCondition | undefined, bareVersion: boolean): object {
  if (condition === undefined) {
    return {};
  }
  if ('ifAbsent' in condition) {
    return { IfNoneMatch: '*' };
  }
  return { IfMatch: bareVersion ? condition.ifVersion : `"${condition.ifVersion}"` };
}
