import type { Change, ChangeSide } from '../core/change';
import type { PathFailure, Skipped, SkipReason } from '../core/records';
import { displayName, displayText } from './escape';
import { plural } from './format';
import { failureWords } from './reasonWords';

/** How many names are shown where a list is only an illustration. */
export const NAMES_SHOWN = 20;

const octal = (mode: number): string => mode.toString(8).padStart(3, '0');

/** What differs beside the content: kind or mode. */
function remark(left: ChangeSide | undefined, right: ChangeSide | undefined): string {
  if (left === undefined || right === undefined) {
    return '';
  }
  if (left.kind !== right.kind) {
    return `  (${left.kind} -> ${right.kind})`;
  }
  if (left.mode !== undefined && right.mode !== undefined && left.mode !== right.mode) {
    return `  (mode ${octal(left.mode)} -> ${octal(right.mode)})`;
  }
  return '';
}

const slash = (side: ChangeSide | undefined): string => (side?.kind === 'dir' ? '/' : '');

/** `M  src/a.ts  (mode 644 -> 755)` */
export function changeLine(change: Change): string {
  const { status, path, oldPath, left, right } = change;
  const name = displayName(path === '' ? './' : path + slash(right ?? left));
  const from = oldPath === undefined ? '' : `${displayName(oldPath)} -> `;
  return `${status}  ${from}${name}${remark(left, right)}`;
}

const SKIP_WORDS: { readonly [R in SkipReason]: string } = {
  unreadable: 'cannot be read',
  'special-file': 'neither a file, a folder nor a link',
  'unrepresentable-name': 'its name cannot be recorded',
  'too-large': 'larger than the limit',
  vanished: 'vanished while it was read',
  'nested-store': 'a snapshot store of its own',
  'other-file-system': 'on another file system',
};

/** What could not be captured, by name. */
export function skippedLines(skipped: readonly Skipped[]): string[] {
  return skipped.map(({ path, reason, detail }) => {
    const more = detail === undefined || detail === '' ? '' : ` (${displayText(detail)})`;
    return `  ${displayName(path)}: ${SKIP_WORDS[reason]}${more}`;
  });
}

/** What could not be restored, by name. */
export function failureLines(failed: readonly PathFailure[]): string[] {
  return failed.map(({ path, reason }) => `  ${displayName(path)}: ${failureWords(reason)}`);
}

/** At most `limit` lines, and how many are not shown. */
export function atMost(lines: readonly string[], limit: number, total = lines.length): string[] {
  const shown = lines.slice(0, limit);
  const rest = total - shown.length;
  return rest > 0 ? [...shown, `  … and ${plural(rest, 'more', 'more')}`] : [...shown];
}
