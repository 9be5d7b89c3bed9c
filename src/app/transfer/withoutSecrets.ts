// What may leave the machine of a snapshot that is promoted (H62).
import type { CallContext, Engine, PromotionStart, SecretsFound } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { SnapshotId } from '../../core/ids';
import { fitting } from '../../core/messageSize';
import type { PromotedCheckpoint } from '../../core/promotion/refEntry';
import { secretsInDetails, withoutDetails } from '../../core/promotion/secretDetails';
import type { LeftOut } from '../../core/promotion/leftOut';
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
  /** Files, and different contents, of what is sent; bytes of those contents. */
  files: number;
  objects: number;
  bytes: number;
  /** What the record knows beside the snapshot. */
  details: PromotedCheckpoint | null;
  leftOut: RelPath[];
  count: number;
  messageLeftOut: boolean;
}

/** So many files are named: all, but for a snapshot that is full of them. */
const SHOWN = 500;
/** So many are remembered; what is beyond is asked about again. */
const MOST_NOTED = 5000;

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
    ...{ snapshot: start.snapshot, files: start.files, objects: start.objects, bytes: start.bytes },
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
      const rest = await engine.leaveOut({ snapshot, ...whatGoes(found) }, context);
      chosen.leftOut = [...chosen.leftOut, ...rest.leftOut].slice(0, SHOWN);
      chosen.count += rest.count;
      [chosen.snapshot, chosen.size] = [rest.snapshot, rest.manifestBytes];
      [chosen.files, chosen.objects, chosen.bytes] = [rest.files, rest.objects, rest.bytes];
      out.push(...found.found.slice(0, Math.max(0, MOST_NOTED - out.length)));
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

/** What shows a secret goes wherever it is. For a name alone no other file goes than those that were told of. */
function whatGoes({ found }: SecretsFound): { checksums: string[]; paths: RelPath[] } {
  const inside = found.filter((one) => one.inside).map(({ checksum }) => checksum);
  const paths = found.filter((one) => !one.inside).map(({ path }) => path);
  return { checksums: [...new Set(inside)], paths };
}

function keptDetails(
  { details }: PromotionStart,
  choice: SecretsChoice,
): Pick<Chosen, 'details' | 'leftOut' | 'count' | 'messageLeftOut'> {
  if (details === null || !leavesOut(choice)) {
    return { details, leftOut: [], count: 0, messageLeftOut: false };
  }
  const kept = withoutDetails(details);
  const left = details.links.filter((link) => !kept.links.includes(link));
  const leftOut = left.slice(0, SHOWN).map(({ path }) => path);
  const messageLeftOut = kept.message !== details.message;
  return { details: kept, leftOut, count: left.length, messageLeftOut };
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
  const inFiles = found.found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const all: readonly LeftOut[] = [...inFiles, ...of.beside];
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
    const told = [...news, ...all.filter((one) => !news.includes(one))].slice(0, SHOWN);
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
