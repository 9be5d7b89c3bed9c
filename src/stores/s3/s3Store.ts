import type { Readable } from 'node:stream';
import type { NoS3Causes } from '../../core/causes';
import { SnapdirError } from '../../core/errors';
import {
  contentSize,
  type PermanentStore,
  type StoreBytes,
  type StoreCall,
  type StoreContent,
  type StoreEntry,
  type WriteCondition,
} from '../../core/permanentStore';
import { redactUrl } from '../../core/remote';
import { PROBES, probeStore } from '../../core/storePieces';
import { checkKey, checkPrefix, isKey } from '../../core/storeKeys';
import { readContent } from '../content';
import type { ConditionMemory } from '../conditionMemory';
import { SharedTask } from '../sharedTask';
import { singlePut, uploadParts } from './multipart';
import { bare, entryOf, isMissing, isStatus, withVersion } from './answers';
import { S3Writer, writeOptions } from './s3Writer';
import { readBody } from './readBody';
import { whyRefused } from './refusals';
import type { Purpose, S3Connection } from './s3Client';

/** A bucket, or a part of one, in snapdir's layout. Raw: neither retried nor verified. */
export class S3Store implements PermanentStore {
  readonly id: string;
  readonly url: string;
  readonly label: string;
  private readonly connection: S3Connection;
  private readonly base: string;
  private readonly newNonce: () => string;
  private readonly conditions: ConditionMemory | undefined;
  private readonly met = new SharedTask<void>();
  private readonly probed = new SharedTask<{ conditional: boolean }>();
  private readonly writer: S3Writer;
  /** What a trial found; undefined before it. */
  private keeps: boolean | undefined;

  /**
   * @param of.newNonce of `a-z 0-9 -`, new each time
   * @param of.conditions undefined: nothing is remembered
   */
  constructor(
    connection: S3Connection,
    of: { newNonce: () => string; conditions: ConditionMemory | undefined },
  ) {
    const { place, url } = connection.remote;
    this.connection = connection;
    this.url = redactUrl(url);
    this.label = connection.label;
    this.base = place.kind === 's3' && place.prefix !== '' ? `${place.prefix}/` : '';
    this.id = `s3:${connection.origin}/${connection.bucket}/${this.base}`;
    this.newNonce = of.newNonce;
    this.conditions = of.conditions;
    this.writer = new S3Writer(connection, {
      base: this.base,
      head: (key, call) => this.head(key, call),
      notS3: (reason) => this.notS3(reason),
    });
  }

  capabilities(call: StoreCall = {}): Promise<{ conditional: boolean }> {
    if (this.connection.remote.conditionalWrites === 'off' || this.connection.remote.readOnly) {
      return Promise.resolve({ conditional: false });
    }
    const now = (): number => performance.now();
    return this.probed.run(call, async () => {
      const known = await this.conditions?.recall(this.id);
      this.keeps = known ?? (await probeStore(this, this.newNonce(), now, call)).conditional;
      if (known === undefined) {
        await this.conditions?.note(this.id, this.keeps);
      }
      return { conditional: this.keeps };
    });
  }

  concurrency(): number {
    return this.connection.transfer.concurrency;
  }

  async head(key: string, call: StoreCall = {}): Promise<StoreEntry | undefined> {
    checkKey(key);
    await this.meet(call);
    const { sdk, bucket: Bucket } = this.connection;
    const permission = 's3:GetObject and s3:ListBucket';
    const purpose: Purpose = { operation: 'look', permission, key };
    try {
      const command = new sdk.HeadObjectCommand({ Bucket, Key: this.base + key });
      const found = await this.connection.send(purpose, call, command);
      const size = found.ContentLength;
      if (size === undefined || found.ETag === undefined) {
        throw this.notS3('no-size');
      }
      return entryOf(key, size, found.ETag, found.LastModified);
    } catch (error) {
      const why = await whyRefused(error, key, { list: this.list.bind(this), call });
      if (isMissing(why)) {
        return undefined;
      }
      throw why;
    }
  }

  async get(
    key: string,
    call: StoreCall & { offset?: number; length?: number } = {},
  ): Promise<StoreBytes> {
    checkKey(key);
    await this.meet(call);
    const from = call.offset ?? 0;
    const Range =
      call.length === undefined && from === 0
        ? undefined
        : `bytes=${from}-${call.length === undefined ? '' : from + Math.max(call.length, 1) - 1}`;
    const purpose: Purpose = { operation: 'get', permission: 's3:GetObject', key };
    try {
      return await this.fetch(key, purpose, Range, call);
    } catch (error) {
      if (isStatus(error, 416)) {
        // The content ends before: nothing is to be had, but how large it is.
        const found = await this.head(key, call);
        if (found !== undefined) {
          return { bytes: new Uint8Array(0), ...withVersion(found.size, found.version) };
        }
      }
      // Its 404 has a body, and says NoSuchKey there.
      throw isStatus(error, 404)
        ? this.notS3('web-page')
        : await whyRefused(error, key, { list: this.list.bind(this), call });
    }
  }

  private async fetch(
    key: string,
    purpose: Purpose,
    Range: string | undefined,
    call: StoreCall,
  ): Promise<StoreBytes> {
    const { connection } = this;
    const { sdk, bucket: Bucket } = connection;
    const range = Range === undefined ? {} : { Range };
    const command = new sdk.GetObjectCommand({ Bucket, Key: this.base + key, ...range });
    return await connection.receive(purpose, call, command, async (found) => {
      if (found.ETag === undefined || found.Body === undefined) {
        (found.Body as Readable | undefined)?.destroy();
        throw this.notS3('no-object-page');
      }
      const facts = {
        ...{ store: this.label, host: connection.host, key },
        ...{ length: found.ContentLength, timeoutSeconds: connection.transfer.timeoutSeconds },
      };
      const bytes = await readBody(found.Body as Readable, facts, call);
      const whole = /\/(\d+)$/.exec(found.ContentRange ?? '')?.[1];
      const size = whole === undefined ? bytes.length : Number(whole);
      return { bytes, ...withVersion(size, bare(found.ETag)) };
    });
  }

  async *list(
    prefix: string,
    call: StoreCall & { startAfter?: string } = {},
  ): AsyncGenerator<StoreEntry, void, undefined> {
    checkPrefix(prefix);
    const { sdk, bucket: Bucket } = this.connection;
    const purpose: Purpose = { operation: 'list', permission: 's3:ListBucket' };
    const start = call.startAfter === undefined ? {} : { StartAfter: this.base + call.startAfter };
    for (let next: string | undefined, more = true; more; more = next !== undefined) {
      const token = next === undefined ? {} : { ContinuationToken: next };
      const command = new sdk.ListObjectsV2Command({
        Bucket,
        Prefix: this.base + prefix,
        ...start,
        ...token,
      });
      const page = await this.connection.send(purpose, call, command);
      if (page.KeyCount === undefined && page.Name === undefined) {
        throw this.notS3('no-listing');
      }
      for (const { Key = '', Size = 0, ETag, LastModified } of page.Contents ?? []) {
        // Others may keep other things there. Some servers begin with the key itself.
        const key = Key.slice(this.base.length);
        if (isKey(key) && (call.startAfter === undefined || key > call.startAfter)) {
          yield entryOf(key, Size, ETag ?? '', LastModified);
        }
      }
      next = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    }
  }

  async put(
    key: string,
    content: StoreContent,
    call: StoreCall & { condition?: WriteCondition } = {},
  ): Promise<{ version?: string }> {
    checkKey(key);
    await this.meet(call);
    if (key.startsWith(PROBES)) {
      this.keeps = undefined;
      await this.conditions?.forget(this.id); // A trial, whoever began it, is to count.
    }
    const { condition } = call;
    const purpose: Purpose = { operation: 'put', permission: 's3:PutObject', key };
    const { conditionalWrites } = this.connection.remote;
    // A server that ignores one would write over what it forbids.
    if (condition !== undefined && (conditionalWrites === 'off' || this.keeps === false)) {
      throw new SnapdirError('REMOTE_NO_CONDITIONS', { store: this.label });
    }
    // Several servers ignore conditions on content in parts.
    const whole = singlePut(this.connection.transfer.partSizeMiB);
    if (contentSize(content) <= whole || condition !== undefined) {
      return await this.putWhole(key, content, purpose, call);
    }
    const { bucket, remote } = this.connection;
    const target = { bucket, objectKey: this.base + key, options: writeOptions(remote) };
    await uploadParts(this.connection, purpose, target, content, call);
    const found = await this.head(key, call);
    if (found?.size !== contentSize(content)) {
      const sizes = { expected: contentSize(content), actual: found?.size ?? 0 };
      throw new SnapdirError('REMOTE_TRUNCATED', { store: this.label, key, ...sizes });
    }
    return found.version === undefined ? {} : { version: found.version };
  }

  private async putWhole(
    key: string,
    content: StoreContent,
    purpose: Purpose,
    call: StoreCall & { condition?: WriteCondition },
  ): Promise<{ version?: string }> {
    try {
      if (content instanceof Uint8Array) {
        return await this.writer.put(key, content, purpose, call);
      }
      return await this.connection.bodies.spend(content.size, call, async () => {
        const body = await readContent(content, 0, content.size);
        return await this.writer.put(key, body, purpose, call);
      });
    } catch (error) {
      if (SnapdirError.is(error, 'REMOTE_NO_CONDITIONS')) {
        await this.conditions?.forget(this.id);
      }
      throw error;
    }
  }

  async delete(key: string, call: StoreCall = {}): Promise<void> {
    checkKey(key);
    await this.meet(call);
    const { sdk, bucket: Bucket } = this.connection;
    const purpose: Purpose = { operation: 'delete', permission: 's3:DeleteObject', key };
    try {
      const command = new sdk.DeleteObjectCommand({ Bucket, Key: this.base + key });
      await this.connection.send(purpose, call, command);
    } catch (error) {
      if (!isMissing(error)) {
        throw error;
      }
    }
  }

  close(): Promise<void> {
    this.connection.close();
    return Promise.resolve();
  }

  /**
   * Before anything else, once: is this an S3 store at all? A sign-in page answers "404" to what is
   * missing just as a store does, and that would be believed.
   */
  private meet(call: StoreCall): Promise<void> {
    return this.met.run(call, () => this.look(call));
  }

  private async look(call: StoreCall): Promise<void> {
    const { sdk, bucket: Bucket } = this.connection;
    const purpose: Purpose = { operation: 'list', permission: 's3:ListBucket' };
    try {
      const command = new sdk.ListObjectsV2Command({ Bucket, Prefix: this.base, MaxKeys: 1 });
      const page = await this.connection.send(purpose, call, command);
      if (page.KeyCount === undefined && page.Name === undefined) {
        throw this.notS3('no-listing');
      }
    } catch (error) {
      // Keys may be allowed to read and write without listing; who says so in S3's words is one.
      if (!SnapdirError.is(error, 'REMOTE_DENIED')) {
        throw error;
      }
    }
  }

  private notS3(is: keyof NoS3Causes): SnapdirError {
    const data = { store: this.label, host: this.connection.host, reason: { is } };
    return new SnapdirError('REMOTE_NOT_S3', data);
  }
}
