import type { CallContext } from '../core/engine';
import { SnapdirError, type ErrorCode } from '../core/errors';
import { promoteSnapshot, type Promotion, type SecretsChoice } from './promoteSnapshot';
import type { Repository } from './repository';
import type { Target } from './transfer/target';

/** Names to promote, each to be what it is here. */
export interface PushRequest {
  names: readonly string[];
  force?: boolean;
  /** Default: `as-before`. */
  secrets?: SecretsChoice;
}

/** A name that could not be promoted. */
export interface NotPushed {
  name: string;
  error: SnapdirError;
}

/** What came of each name. */
export interface Pushed {
  promoted: Promotion[];
  failed: NotPushed[];
  /** Names that were not tried any more, because the store cannot be used. */
  untried: string[];
}

/** Failures that are about one name or one snapshot, though they come from the store. */
const OF_ONE: ReadonlySet<ErrorCode> = new Set([
  'REMOTE_CONFLICT',
  'REMOTE_KEY_NOT_FOUND',
  'REMOTE_INTEGRITY',
  'REMOTE_TRUNCATED',
  'REMOTE_ARCHIVED',
]);
const OF_ALL: ReadonlySet<ErrorCode> = new Set([
  ...([
    'GIT_UNAVAILABLE',
    'GIT_FAILED',
    'STORE_NOT_FOUND',
    'STORE_UNSAFE',
    'FOREIGN_STORE',
  ] as const),
  ...(['READ_ONLY', 'UNSUPPORTED_FORMAT', 'DISK_FULL', 'WORKER_CRASHED'] as const),
]);

/** Whether the next name would fail in the same way. */
export function stopsAll({ code }: SnapdirError): boolean {
  return OF_ALL.has(code) || (code.startsWith('REMOTE_') && !OF_ONE.has(code));
}

/**
 * Promotes names one after the other. One that somebody else moved, that has secrets in it or cannot be promoted for
 * another reason of its own stops none of the others. Moved is also one of which theirs was fetched, but that was set here before
 * that: it would go back to what it was. What was left out of a name before is left out again.
 * @param onEach told of each as soon as it is over
 * @throws AbortError
 */
export async function pushNames(
  repository: Repository,
  target: Target,
  { names, force = false, secrets = 'as-before' }: PushRequest,
  of: { context?: CallContext; onEach?: (one: Promotion | NotPushed) => void } = {},
): Promise<Pushed> {
  const pushed: Pushed = { promoted: [], failed: [], untried: [] };
  const all = [...new Set(names)];
  for (const [at, name] of all.entries()) {
    try {
      const sentBefore = force ? pushed.promoted.map(({ snapshot }) => snapshot) : [];
      const request = { rev: name, name, force, secrets, sentBefore, sinceSeen: true };
      const one = await promoteSnapshot(repository, target, request, of.context);
      pushed.promoted.push(one);
      of.onEach?.(one);
    } catch (error) {
      if (!SnapdirError.is(error)) {
        throw error;
      }
      const one = { name, error };
      pushed.failed.push(one);
      of.onEach?.(one);
      if (stopsAll(error)) {
        pushed.untried = all.slice(at + 1);
        break;
      }
    }
  }
  return pushed;
}
