// What may leave the machine of a snapshot that is promoted (H62).
import type { CallContext, Engine, PromotionStart, SecretsFound } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { SnapshotId } from '../../core/ids';
import { fitting } from '../../core/messageSize';
import type { PromotedCheckpoint } from '../../core/promotion/refEntry';
import { secretsInDetails, withoutDetails } from '../../core/promotion/secretDetails';
import type { LeftOut } from '../../core/transferData';
import type { RelPath } from '../../core/tree';
import { labelOf, type Target } from './target';

/**
 * What to do with files that look like they hold secrets, and with a message and links that do. `as-before`: what a person left
 * out of this name is left out again, and anything else is refused.
 */
export type SecretsChoice = 'refuse' | 'allow' | 'leave-out' | 'as-before';

/** What is sent. */
export interface Chosen {
  snapshot: SnapshotId;
  /** Bytes of the manifest. */
  size?: number;
  /** What the record knows beside the snapshot. */
  details: PromotedCheckpoint | null;
  leftOut: RelPath[];
  count: number;
}

const FOUND_SHOWN = 50;
/** So many are remembered; what is beyond is asked about again. */
const MOST_NOTED = 5000;
const LEFT_OUT_SHOWN = 500;

/**
 * Looks for secrets in what the store does not have yet, and in the message and the links that travel beside it. What is left
 * out is remembered for the name.
 * @returns what may be sent
 * @throws SECRETS_FOUND, MANIFEST_NOT_FOUND, INTEGRITY, IO, AbortError
 */
export async function withoutSecrets(
  engine: Engine,
  target: Target,
  of: {
    start: PromotionStart;
    less: SnapshotId[];
    /** What the store has, by checksum. */
    present: ReadonlyMap<string, number> | undefined;
    choice: SecretsChoice;
    /** What it is to be called there. */
    name: string;
    /** Whether the message and the links are sent, too. */
    beside: boolean;
    context: CallContext;
  },
): Promise<Chosen> {
  const { less, choice, context, name } = of;
  const start = of.beside ? of.start : { ...of.start, details: null };
  const present = of.present === undefined ? {} : { present: [...of.present.keys()] };
  const remote = target.store.id;
  const chosen: Chosen = {
    ...keptDetails(start, choice),
    ...(of.beside ? {} : { details: of.start.details }),
    snapshot: start.snapshot,
  };
  const look = (): Promise<SecretsFound> => {
    const { snapshot } = chosen;
    return engine.findSecrets({ snapshot, less, remote, paths: true, ...present }, context);
  };
  const beside = start.details === null ? [] : secretsInDetails(start.details);
  const out: LeftOut[] = [...beside];
  let found = await look();
  await refuseNews(engine, target, { name, choice, found, beside });
  while (found.count > 0) {
    const checksums = [...new Set(found.found.map(({ checksum }) => checksum))];
    if (choice === 'allow') {
      await engine.allowSecrets({ remote, checksums });
    } else {
      const { snapshot } = chosen;
      const rest = await engine.leaveOut({ snapshot, checksums }, context);
      chosen.leftOut = [...chosen.leftOut, ...rest.leftOut].slice(0, LEFT_OUT_SHOWN);
      chosen.count += rest.count;
      [chosen.snapshot, chosen.size] = [rest.snapshot, rest.manifestBytes];
      out.push(...found.found.slice(0, MOST_NOTED - out.length));
    }
    found = await look();
    await refuseNews(engine, target, { name, choice, found, beside: [] });
  }
  if (choice !== 'allow' && out.length > 0) {
    const { snapshot: promoted, count } = chosen;
    const last = { snapshot: start.snapshot, promoted, count };
    for (const part of inMessages(out)) {
      await engine.noteLeftOut({ remote, name, found: part, last });
    }
  }
  return chosen;
}

const leavesOut = (choice: SecretsChoice): boolean =>
  choice === 'leave-out' || choice === 'as-before';

function keptDetails(
  { details }: PromotionStart,
  choice: SecretsChoice,
): Pick<Chosen, 'details' | 'leftOut' | 'count'> {
  if (details === null || !leavesOut(choice)) {
    return { details, leftOut: [], count: 0 };
  }
  const kept = withoutDetails(details);
  const left = details.links.filter((link) => !kept.links.includes(link));
  const leftOut = left.slice(0, LEFT_OUT_SHOWN).map(({ path }) => path);
  return { details: kept, leftOut, count: left.length };
}

/** @throws SECRETS_FOUND where something was found about which nobody decided for this name */
async function refuseNews(
  engine: Engine,
  target: Target,
  of: {
    name: string;
    choice: SecretsChoice;
    found: SecretsFound;
    beside: readonly LeftOut[];
  },
): Promise<void> {
  const { name, choice, found } = of;
  const all: readonly LeftOut[] = [...found.found, ...of.beside];
  if (choice === 'allow' || choice === 'leave-out' || all.length === 0) {
    return;
  }
  const known: boolean[] = [];
  for (const part of choice === 'refuse' ? [] : inMessages(all)) {
    const before = await engine.leftOutBefore({ remote: target.store.id, name, found: part });
    known.push(...before.known);
  }
  const news = all.filter((_, at) => known[at] !== true);
  if (news.length > 0) {
    // What is new goes first: it is what somebody has to decide about.
    const told = [...news, ...all.filter((one) => !news.includes(one))].slice(0, FOUND_SHOWN);
    throw new SnapdirError('SECRETS_FOUND', {
      store: labelOf(target),
      count: found.count + of.beside.length,
      found: told.map(({ path, kind }) => ({ path, kind })),
    });
  }
}

function* inMessages<T>(all: readonly T[]): Generator<T[], void, undefined> {
  for (let rest = all; rest.length > 0;) {
    const part = fitting(rest);
    yield part;
    rest = rest.slice(part.length);
  }
}
