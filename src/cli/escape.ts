/**
 * What must not reach a terminal as it is: C0 and C1 controls and DEL (they move the cursor, rename
 * windows, fake lines), bidirectional controls (they show a name in another order than it has), line
 * and paragraph separators, invisible marks and tags, and halves of surrogate pairs.
 */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeOne(sign: string): string {
  const code = sign.codePointAt(0) ?? 0;
  return (
    SHORT[sign] ??
    (code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`)
  );
}

/** Free text on one line: what could act on a terminal is shown as `\u001b`. */
export function displayText(text: string): string {
  return text.replace(UNSAFE, escapeOne);
}

/** Text of several lines: as {@link displayText}, but line feeds and tabs stay. */
export function displayLines(text: string): string {
  return text.replace(UNSAFE, (sign) => (sign === '\n' || sign === '\t' ? sign : escapeOne(sign)));
}

/**
 * A name of a file, ref or tag. One that needs escapes, or whose ends could not be seen, is quoted
 * (`"a\u001b[31m"`), so that a shown backslash is never taken for the start of an escape.
 */
export function displayName(name: string): string {
  const escaped = displayText(name);
  if (escaped === name && name === name.trim() && name !== '' && !name.startsWith('"')) {
    return name;
  }
  return `"${displayText(name.replace(/[\\"]/g, '\\$&'))}"`;
}

/** JSON that is safe to print: the same document, with unsafe characters as escapes. */
export function displayJson(value: unknown): string {
  const escapeUnit = (unit: string): string =>
    `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, null, 2).replace(UNSAFE, (sign) =>
    // Between tokens JSON.stringify writes line feeds only; inside strings it has escaped them.
    sign === '\n' ? sign : sign.split('').map(escapeUnit).join(''),
  );
}
