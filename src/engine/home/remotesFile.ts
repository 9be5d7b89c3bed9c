import type { EngineEnv } from '../context';
import { SnapdirError } from '../../core/errors';
import { decodeUtf8 } from '../../base/utf8';
import { fromOutside } from '../../core/outsideText';
import { ensureDir, join, readFile, writeFileDurable } from '../disk/durable';
import { io } from '../disk/fsErrors';
import { oneByOne } from '../disk/oneByOne';
import { homeOf } from './registry';

/** The stores that this user configured for the command: never anything inside a workspace (rule 5). No secrets. */
export interface RemotesText {
  /** What each is called, and its fields, unchecked: one that somebody spoilt keeps nobody from using the others. */
  remotes: Record<string, unknown>;
  default?: string;
}

const MAX_BYTES = 1024 * 1024;
const NAME = 'remotes.json';

/** Where they are written: `remotes.json` in Snapdir's folder of this user. */
export function remotesPath(home: string): string {
  return join(home, NAME);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function refuse(what: string, reason: string): never {
  throw new SnapdirError('PARSE', { what, reason, file: 'remotes' });
}

/** @throws PARSE, IO */
export function readRemotes(env: Pick<EngineEnv, 'fs'>, home: string | undefined): RemotesText {
  const path = home === undefined ? '' : remotesPath(home);
  const read = (): Uint8Array | undefined => readFile(env.fs, path, MAX_BYTES);
  const bytes = home === undefined ? undefined : fromOutside('remotes', path, read);
  if (bytes === undefined) {
    return { remotes: {} };
  }
  let value: unknown;
  try {
    value = JSON.parse(decodeUtf8(bytes));
  } catch {
    refuse(path, 'it is not JSON');
  }
  const { remotes, default: chosen } = isObject(value) ? value : {};
  if (!isObject(remotes)) {
    refuse(path, '"remotes" is missing');
  }
  return {
    remotes,
    ...(typeof chosen === 'string' ? { default: chosen } : {}),
  };
}

/**
 * Reads them, and writes what `change` makes of them: one process after the other, so that none is lost.
 * @throws INVALID_ARGUMENT (the user has no home), PARSE, STORE_BUSY, DISK_FULL, READ_ONLY, IO, and what `change` throws
 */
export function changeRemotes(env: EngineEnv, change: (text: RemotesText) => RemotesText): void {
  const home = homeOf(env);
  if (home === undefined) {
    const reason = { is: 'no-home' } as const;
    throw new SnapdirError('INVALID_ARGUMENT', { argument: 'remote', reason });
  }
  const tmp = join(home, 'tmp');
  io('create', home, () => ensureDir(env.fs, tmp, 0o700));
  oneByOne(
    env,
    { lease: join(tmp, `${NAME}.lease`), tmp },
    {
      operation: 'change the stores',
      work: (lease) => {
        const text = change(readRemotes(env, home));
        const bytes = new TextEncoder().encode(`${JSON.stringify(text, null, 2)}\n`);
        lease.check();
        writeFileDurable(env, tmp, remotesPath(home), bytes);
      },
    },
  );
}
