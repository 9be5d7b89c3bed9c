import { SnapdirError } from '../../core/errors';
import type { EngineEnv } from '../context';
import { discard, join, readFile, writeFileRelaxed } from '../disk/durable';
import { errnoOf, isOwnLack } from '../disk/fsErrors';
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

/**
 * The key; '' where this user has no home: then caches are only checksummed. undefined: it cannot be kept now, and no
 * cache of a file can be believed.
 */
export function cacheKey(env: EngineEnv): string | undefined {
  try {
    const home = homeOf(env);
    if (home === undefined) {
      return '';
    }
    const key = keys.get(home) ?? read(env, home) ?? make(env, home);
    if (key !== undefined) {
      keys.set(home, key);
    }
    return key;
  } catch (error) {
    env.log.warn(`no cache is believed without a key: ${String(error)}`);
    return undefined;
  }
}

/** Of several processes that make one at once, the first wins. One that cannot be read, or is none, is replaced. */
function make(env: EngineEnv, home: string): string | undefined {
  const { fs } = env;
  const draft = join(home, `tmp/${env.randomName()}`);
  const final = join(home, NAME);
  writeFileRelaxed(env, join(home, 'tmp'), draft, encode(`${env.randomName()}${env.randomName()}`));
  try {
    if (fs.lstat(final) === undefined) {
      fs.link(draft, final);
    } else {
      fs.rename(draft, final);
    }
  } catch (error) {
    // Another process was faster, or there are no links here.
    if (errnoOf(error) !== 'EEXIST') {
      fs.rename(draft, final);
    }
  }
  discard(fs, draft);
  return read(env, home);
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(env: EngineEnv, home: string): string | undefined {
  try {
    const bytes = readFile(env.fs, join(home, NAME), MAX_KEY_BYTES);
    const key = bytes === undefined ? '' : new TextDecoder().decode(bytes);
    return KEY.test(key) ? key : undefined;
  } catch (error) {
    if (!SnapdirError.is(error) || isOwnLack(error)) {
      throw error;
    }
    return undefined;
  }
}
