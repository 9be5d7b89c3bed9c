// Names and messages come from files, records and other people: before they are shown, whatever could
// fool a reader (controls, bidirectional overrides) or become a link or an icon is made visible text.

/** C0/C1 controls, line separators, zero-width characters and bidirectional controls. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** Replaces characters that cannot be seen by their code, as `\u{202e}`. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The first line, cut to `limit` characters. */
export function oneLine(text: string, limit = 80): string {
  const [first = '', ...rest] = text.split(/\r?\n/u);
  const line = visible(first.replaceAll('\t', ' ').trimEnd());
  const characters = [...line];
  if (characters.length > limit) {
    return `${characters.slice(0, limit - 1).join('')}…`;
  }
  return rest.some((more) => more.trim() !== '') ? `${line} …` : line;
}

/** Keeps `$(name)` from becoming an icon in quick picks and the status bar. */
export function withoutIcons(text: string): string {
  return text.replace(/\$\([A-Za-z0-9~-]+\)/gu, '\\$&');
}

/** Keeps `[text](command:…)` from becoming a link in a notification. */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', ']\u200b(');
}

/** `src/cart.ts` → `cart.ts`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `src/cart.ts` → `src`; `''` at the top. */
export function dirName(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}
