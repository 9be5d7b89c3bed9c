import { CancelledError } from '../../base/abort';
import type { Fs } from '../disk/fs';
import { freshHasher, ioBuffer } from '../store/objects';
import { Slot, type SharedState } from './sharedJob';

/** A file of the store, and whether somebody wants its job to end. */
export interface FileToCheck {
  path: string;
  /** What its content is to hash to. */
  hex: string;
  /** Bytes, where a manifest says how many; otherwise it is read until nothing comes. */
  size?: number;
  stopped: () => boolean;
}

/**
 * Reads a file whole and hashes it.
 * @returns its bytes, or −1 where its content is not what its name says
 * @throws AbortError, raw errors
 */
export function checkFile(fs: Fs, job: SharedState, file: FileToCheck): number {
  const fd = fs.open(file.path, 'r');
  try {
    const buffer = ioBuffer();
    const hasher = freshHasher();
    let total = 0;
    for (;;) {
      const read = fs.read(fd, buffer, 0, buffer.length);
      hasher.update(buffer, 0, read);
      total += read;
      // The buffer had room for more: one byte too many would have come with the others.
      if (read === 0 || (read < buffer.length && total === file.size)) {
        return hasher.digest() === file.hex ? total : -1;
      }
      if (read === buffer.length) {
        Atomics.add(job.state, Slot.BEAT, 1);
        if (file.stopped()) {
          throw new CancelledError();
        }
      }
    }
  } finally {
    fs.close(fd);
  }
}
