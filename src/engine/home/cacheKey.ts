import type { EngineEnv } from '../context';
import { join, readFile, writeFileRelaxed } from '../disk/durable';
import { homeOf } from './registry';

/**
 * What a store's caches are signed with: 64 hex digits in `cache-key` of the user's own folder, made where they are
 * missing. Whoever can write the store could else make up a cache that says what they like: its checksum would fit.
 */
const NAME = 'cache-key';
const KEY = /^[0-9a-f]{64}$/;
const MAX_KEY_BYTES = 64;

/** By the folder that they are in: they are read once. */
const keys = new Map<string, string>();

/** The key; '' where this user has no home, or it cannot be kept there now: then caches are only checksummed. */
export function cacheKey(env: EngineEnv): string {
  try {
    const home = homeOf(env);
    if (home === undefined) {
      return '';
    }
    const key = keys.get(home) ?? read(env, home) ?? make(env, home);
    if (key !== '') {
      keys.set(home, key);
    }
    return key;
  } catch {
    return '';
  }
}

function make(env: EngineEnv, home: string): string {
  const key = `${env.randomName()}${env.randomName()}`;
  writeFileRelaxed(env, join(home, 'tmp'), join(home, NAME), new TextEncoder().encode(key));
  // Another process may have been faster.
  return read(env, home) ?? '';
}

function read(env: EngineEnv, home: string): string | undefined {
  const bytes = readFile(env.fs, join(home, NAME), MAX_KEY_BYTES);
  const key = bytes === undefined ? '' : new TextDecoder().decode(bytes);
  return KEY.test(key) ? key : undefined;
}
