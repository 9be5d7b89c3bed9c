import assert from 'node:assert/strict';
import { isCancelled } from '../../src/base/abort';
import { SnapdirError, type ErrorCode } from '../../src/core/errors';
import type { StoreContent, StoreEntry } from '../../src/core/permanentStore';

/** Words as bytes. */
export const text = (words: string): Uint8Array => Buffer.from(words);

/** As content that is asked for in pieces. */
export const inPieces = (bytes: Uint8Array): StoreContent => ({
  size: bytes.length,
  // A piece is the asker's alone.
  read: (offset, length) =>
    Promise.resolve(new Uint8Array(bytes.subarray(offset, offset + length))),
});

/** Demands that a call fails with this code. */
export async function failsWith(code: ErrorCode, work: () => Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.ok(SnapdirError.is(error, code), `${code} expected, got ${String(error)}`);
    return true;
  });
}

/** Demands that a call ends as cancelled ones do. */
export const cancels = (work: () => Promise<unknown>): Promise<void> =>
  assert.rejects(work, (error: unknown) => isCancelled(error));

/** Runs `work` over all items, at most `width` at a time. */
export async function each<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const waiting = [...items].reverse();
  const run = async (): Promise<void> => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: width }, run));
}

export async function collect(entries: AsyncIterable<StoreEntry>): Promise<StoreEntry[]> {
  const all: StoreEntry[] = [];
  for await (const entry of entries) {
    all.push(entry);
  }
  return all;
}
