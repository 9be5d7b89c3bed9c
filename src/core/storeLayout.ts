import { invariant } from '../base/invariant';
import { isHex64 } from './ids';

/**
 * Where an object or manifest lies below `.objects` or `.manifests` (store-format §4), `/`-separated.
 * The caller has checked the id: only 64 lower-case hex digits may ever become a path (H31).
 */
export function shard(hex64: string): string {
  invariant(isHex64(hex64), 'only a checked id has a place in the store');
  return `${hex64.slice(0, 3)}/${hex64.slice(3, 6)}/${hex64.slice(6, 9)}/${hex64.slice(9)}`;
}

/** The id that lies at these path components; undefined for anything else found there (temp files). */
export function unshard(parts: string[]): string | undefined {
  const [a, b, c, rest] = parts;
  if (parts.length !== 4 || a?.length !== 3 || b?.length !== 3 || c?.length !== 3) {
    return undefined;
  }
  const hex = parts.join('');
  return rest?.length === 55 && isHex64(hex) ? hex : undefined;
}
