import type { EngineEnv } from '../context';
import { join } from '../disk/durable';

const STORE_ID = /^[0-9a-f]{32}$/;

/**
 * Where the vault of a store is: a copy of the store in the same layout, outside of the folder (H54).
 * undefined: this engine was given no home.
 */
export function vaultPath(env: EngineEnv, storeId: string): string | undefined {
  return env.home === undefined || !STORE_ID.test(storeId)
    ? undefined
    : join(env.home, `vault/${storeId}`);
}
