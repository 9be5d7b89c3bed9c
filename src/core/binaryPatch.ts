// Git's binary patches: https://git-scm.com/docs/diff-format and git's base85.c, diff.c (emit_binary_diff_body).

const ALPHABET =
  '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~';
/** Bytes of a line; its first letter tells how many: A…Z are 1…26, a…z are 27…52. */
const LINE_BYTES = 52;

/** What a binary patch needs of the platform. */
export interface BinaryTools {
  /** A zlib stream (RFC 1950). */
  deflate(bytes: Uint8Array): Uint8Array;
  /** The name that git gives a file's content: 40 hex digits of SHA-1 over `blob <length>\0<content>`. */
  blobId(bytes: Uint8Array): string;
}

/** How git names "no file". */
const NO_BLOB = '0'.repeat(40);

function letterOf(count: number): string {
  return String.fromCharCode(count <= 26 ? 64 + count : 96 + count - 26);
}

/** Five letters for four bytes, the last ones filled up with zeros. */
function encodeLine(bytes: Uint8Array): string {
  let line = letterOf(bytes.length);
  for (let at = 0; at < bytes.length; at += 4) {
    let value = 0;
    for (let i = 0; i < 4; i++) {
      value = value * 256 + (bytes[at + i] ?? 0);
    }
    let letters = '';
    for (let i = 0; i < 5; i++) {
      letters = ALPHABET[value % 85]! + letters;
      value = Math.floor(value / 85);
    }
    line += letters;
  }
  return line;
}

function literal(bytes: Uint8Array, tools: BinaryTools): string[] {
  const packed = tools.deflate(bytes);
  const lines = [`literal ${bytes.length}`];
  for (let at = 0; at < packed.length; at += LINE_BYTES) {
    lines.push(encodeLine(packed.subarray(at, at + LINE_BYTES)));
  }
  return [...lines, ''];
}

/**
 * The lines between the modes and the next file of a patch that carries any bytes: forward, and back for
 * `git apply -R`. null: no file on that side. GNU patch knows no such patches and says so.
 */
export function binaryPatchLines(
  left: Uint8Array | null,
  right: Uint8Array | null,
  tools: BinaryTools,
): string[] {
  const [from, to] = [left, right].map((one) => (one === null ? NO_BLOB : tools.blobId(one)));
  const nothing = new Uint8Array();
  return [
    `index ${from}..${to}`,
    'GIT binary patch',
    ...literal(right ?? nothing, tools),
    ...literal(left ?? nothing, tools),
  ];
}
