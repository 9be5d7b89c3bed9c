// Content in parts. Each part is a buffer, so that the server checks its SHA-256; few are in memory at a time. Whatever
// goes wrong, the upload is aborted: parts that nobody completes cost money and are in no listing.
import { CancelledError, throwIfCancelled } from '../../base/abort';
import { SnapdirError } from '../../core/errors';
import { contentSize, type StoreCall, type StoreContent } from '../../core/permanentStore';
import { readContent } from '../content';
import type { Purpose, S3Connection } from './s3Client';

const MIB = 1024 * 1024;
/** S3's own limits. */
const MAX_PARTS = 10_000;
const MIN_PART = 5 * MIB;
/** Parts of one object at once. */
const IN_FLIGHT = 4;

/** Up to here content goes in one request. Bytes. */
export const singlePut = (partSizeMiB: number): number => Math.max(MIN_PART, partSizeMiB * MIB);

/** How large the parts of content are: equal ones, as R2 wants them. Bytes. */
export function partBytes(size: number, partSizeMiB: number): number {
  const needed = Math.ceil(size / MAX_PARTS / MIB) * MIB;
  return Math.max(singlePut(partSizeMiB), needed);
}

/** Where an upload goes and what it is to be. */
export interface UploadTarget {
  bucket: string;
  /** The whole key, with the prefix. */
  objectKey: string;
  /** Encryption, storage class. */
  options: object;
}

interface Upload extends UploadTarget {
  connection: S3Connection;
  purpose: Purpose;
  id: string;
}

/**
 * Uploads content in parts. Its size is checked afterwards: some servers answer without a word about what they hold.
 * @throws REMOTE_…, AbortError
 */
export async function uploadParts(
  connection: S3Connection,
  purpose: Purpose,
  target: UploadTarget,
  content: StoreContent,
  call: StoreCall,
): Promise<void> {
  const { bucket: Bucket, objectKey: Key, options } = target;
  const { sdk } = connection;
  const command = new sdk.CreateMultipartUploadCommand({ Bucket, Key, ...options });
  const begun = await connection.send(purpose, call, command);
  if (begun.UploadId === undefined) {
    const reason = { is: 'no-upload-number' } as const;
    const data = { store: connection.label, host: connection.host, reason };
    throw new SnapdirError('REMOTE_NOT_S3', data);
  }
  const upload: Upload = { ...target, connection, purpose, id: begun.UploadId };
  try {
    const parts = await sendParts(upload, content, call);
    const command = new sdk.CompleteMultipartUploadCommand({
      ...{ Bucket, Key, UploadId: upload.id },
      MultipartUpload: { Parts: parts },
    });
    await connection.send(purpose, call, command);
  } catch (error) {
    await abort(upload);
    throw error;
  }
}

interface Part {
  PartNumber: number;
  ETag: string;
}

async function sendParts(upload: Upload, content: StoreContent, call: StoreCall): Promise<Part[]> {
  const size = contentSize(content);
  const { bodies } = upload.connection;
  const bytes = partBytes(size, upload.connection.transfer.partSizeMiB);
  const count = Math.ceil(size / bytes);
  const parts: Part[] = [];
  // One part that fails ends the others at once.
  const stop = new AbortController();
  const cancel = (): void => stop.abort();
  call.signal?.addEventListener('abort', cancel);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < count; i = next++) {
      throwIfCancelled(stop.signal);
      const length = Math.min(bytes, size - i * bytes);
      parts[i] = await bodies.spend(length, { signal: stop.signal }, async () => {
        const body = await readContent(content, i * bytes, length);
        return sendPart(upload, i + 1, body, stop.signal);
      });
    }
  };
  const failures: unknown[] = [];
  const together = Math.min(IN_FLIGHT, count, upload.connection.transfer.most);
  await Promise.all(
    Array.from({ length: together }, () =>
      work().catch((error: unknown) => {
        failures.push(error);
        stop.abort();
      }),
    ),
  );
  call.signal?.removeEventListener('abort', cancel);
  throwIfCancelled(call.signal);
  if (failures.length > 0) {
    // The first is the cause; the others were ended by it.
    throw failures[0] instanceof Error ? failures[0] : new CancelledError();
  }
  return parts;
}

/** How often one part is tried, at most; the whole would be sent again otherwise. */
const PART_TRIES = 3;

async function sendPart(
  upload: Upload,
  number: number,
  body: Uint8Array,
  signal: AbortSignal,
): Promise<Part> {
  const { connection, bucket: Bucket, objectKey: Key, id: UploadId, purpose } = upload;
  const tries = Math.min(PART_TRIES, connection.transfer.maxAttempts);
  for (let attempt = 1; ; attempt++) {
    try {
      const command = new connection.sdk.UploadPartCommand({
        ...{ Bucket, Key, UploadId, PartNumber: number },
        Body: body,
      });
      const { ETag } = await connection.send(purpose, { signal }, command);
      if (ETag === undefined) {
        const reason = { is: 'silent-part' } as const;
        const data = { store: connection.label, host: connection.host, reason };
        throw new SnapdirError('REMOTE_NOT_S3', data);
      }
      return { PartNumber: number, ETag };
    } catch (error) {
      const again =
        SnapdirError.is(error, 'REMOTE_CONNECTION_LOST') ||
        SnapdirError.is(error, 'REMOTE_TIMEOUT') ||
        SnapdirError.is(error, 'REMOTE_SLOW_DOWN');
      if (!again || attempt >= tries || signal.aborted) {
        throw error;
      }
    }
  }
}

/** Also when everything was cancelled, so without its signal; a failure to abort hides nothing. */
async function abort({ connection, purpose, bucket, objectKey, id }: Upload): Promise<void> {
  const command = new connection.sdk.AbortMultipartUploadCommand({
    ...{ Bucket: bucket, Key: objectKey, UploadId: id },
  });
  await connection.send(purpose, {}, command).catch(() => undefined);
}
