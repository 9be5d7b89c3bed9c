import type { Target } from '../app/transfer/target';
import type { Call } from './command';
import type { Making } from './remoteBook';

/** The option that names where to send to. */
export const toOption = {
  type: 'string',
  value: 'STORE',
  help: 'a store: its name, a URL (s3://bucket/prefix, file:///folder) or "git"',
} as const;

/** The option that names where to fetch from. */
export const fromOption = toOption;

/** Opens the store for one piece of work, and closes it whatever comes of that. `making`: as `RemoteBook.open` has it. */
export async function withTarget<T>(
  call: Call,
  asked: string | undefined,
  work: (target: Target) => Promise<T>,
  making: Making = 'never',
): Promise<T> {
  const target = await call.remotes.open(asked, call.repository.root, making);
  try {
    return await work(target);
  } finally {
    await target.store.close().catch(() => undefined);
  }
}
