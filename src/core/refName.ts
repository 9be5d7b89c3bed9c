import { isWellFormed } from '../base/utf8';
import { SnapdirError } from './errors';
import type { NameProblem } from './reasons';

/** Of a ref or tag, in UTF-16 units. */
export const MAX_NAME_LENGTH = 100;
const RESERVED = new Set(['head', 'live', 'latest', 'empty']);

const CONTROL = /[\x00-\x1f\x7f-\x9f]/;
/** Characters that show nothing, or turn what follows around: two names would look alike. */
const INVISIBLE = /[\p{Cf}\p{Zl}\p{Zp}]/u;
const REV_SYNTAX = /[~^:?*[\\]|\.\.|@\{/;
/** As many digits as ids are shown with: a tag `2024` or `face` is fine, and wins over an id. */
const LOOKS_LIKE_ID = /^[0-9a-f]{10,64}$/i;

function problem(name: string): NameProblem | undefined {
  if (name === '' || name.length > MAX_NAME_LENGTH) {
    return 'length';
  }
  if (name !== name.trim()) {
    return 'edge-space';
  }
  if (CONTROL.test(name) || INVISIBLE.test(name) || !isWellFormed(name)) {
    return 'invisible';
  }
  if (REV_SYNTAX.test(name)) {
    return 'rev-syntax';
  }
  if (/^[-@/]|\/$|\/\//.test(name)) {
    return 'slashes';
  }
  if (RESERVED.has(name.toLowerCase())) {
    return 'reserved';
  }
  return LOOKS_LIKE_ID.test(name) ? 'like-id' : undefined;
}

/**
 * Checks a name for a ref or tag. Names share one space with revisions (see `rev.ts`), so nothing that
 * could be read as another revision is allowed.
 * @throws INVALID_NAME
 */
export function checkName(name: string, what: 'ref' | 'tag'): void {
  const reason = problem(name);
  if (reason !== undefined) {
    throw new SnapdirError('INVALID_NAME', { name, reason, what });
  }
}
