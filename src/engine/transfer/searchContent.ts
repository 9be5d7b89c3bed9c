import { throwIfCancelled } from '../../base/abort';
import { SECRET_LENGTH, SecretSearch, type SecretKind } from '../../core/promotion/secrets';
import type { Control, EngineEnv } from '../context';
import { io } from '../disk/fsErrors';

/** Content without text has zeros among its first bytes. */
const SNIFFED = 8192;
/** Bytes that are searched at once: of what they hold there is never more in memory. */
const PIECE = 256 * 1024;

/** Searches files for secrets, one after the other, with the same memory: a buffer for each would pile up. */
export class ContentSearch {
  private readonly room = Buffer.alloc(PIECE);
  private readonly env: EngineEnv;

  constructor(env: EngineEnv) {
    this.env = env;
  }

  /**
   * The first kind of secret that a file holds, as far as it is text; undefined: none. It is read as far as that takes.
   * @throws IO, AbortError
   */
  kindIn(path: string, control: Control): SecretKind | undefined {
    return io('read', path, () => {
      const fd = this.env.fs.open(path, 'r');
      try {
        return this.search(fd, control);
      } finally {
        this.env.fs.close(fd);
      }
    });
  }

  private search(fd: number, control: Control): SecretKind | undefined {
    const search = new SecretSearch();
    let encoding: Encoding | undefined;
    for (let kept = 0; ;) {
      throwIfCancelled(control.signal);
      const filled = this.fill(fd, kept);
      const bytes = this.room.subarray(0, filled);
      const first = encoding === undefined;
      encoding ??= encodingOf(bytes);
      if (encoding === undefined) {
        return undefined;
      }
      const last = filled < PIECE;
      search.add(textOf(bytes, encoding), { first, last });
      const [kind] = search.kinds;
      if (kind !== undefined || last) {
        return kind;
      }
      // Of UTF-16 a character is two bytes.
      kept = encoding === 'latin1' ? SECRET_LENGTH : 2 * SECRET_LENGTH;
      this.room.copyWithin(0, filled - kept, filled);
    }
  }

  /** Reads until the room is full or the file ends. @returns how many bytes of the room hold something */
  private fill(fd: number, from: number): number {
    let at = from;
    for (let count = -1; count !== 0 && at < PIECE; at += count) {
      count = this.env.fs.read(fd, this.room, at, PIECE - at);
    }
    return at;
  }
}

type Encoding = 'utf16le' | 'utf16be' | 'latin1';

/** How bytes are a text to search in; undefined where they are none. */
function encodingOf(bytes: Buffer): Encoding | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    return 'utf16le';
  }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    return 'utf16be';
  }
  const sniffed = bytes.subarray(0, SNIFFED);
  return sniffed.includes(0) ? unmarked(sniffed) : 'latin1';
}

/** Of UTF-16 without a mark every other byte of most characters is zero, and of the bytes between them none. */
function unmarked(bytes: Buffer): Encoding | undefined {
  const zeros = [0, 0] as [number, number];
  for (let at = 0; at < bytes.length; at++) {
    zeros[at & 1]! += bytes[at] === 0 ? 1 : 0;
  }
  const [even, odd] = zeros;
  const least = bytes.length / 4;
  return even === 0 && odd >= least
    ? 'utf16le'
    : odd === 0 && even >= least
      ? 'utf16be'
      : undefined;
}

function textOf(bytes: Buffer, encoding: Encoding): string {
  if (encoding !== 'utf16be') {
    return bytes.toString(encoding);
  }
  // Only whole characters can be turned round; the end of a piece comes again in the next.
  const whole = Buffer.from(bytes.subarray(0, bytes.length & ~1));
  return whole.swap16().toString('utf16le');
}
