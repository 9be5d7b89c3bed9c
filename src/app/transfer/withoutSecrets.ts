// What may leave the machine of a snapshot that is promoted (H62).
import type { CallContext, Engine, PromotionStart, SecretsFound } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { SnapshotId } from '../../core/ids';
import type { SecretKind } from '../../core/promotion/promotionErrors';
import type { PromotedCheckpoint } from '../../core/promotion/refEntry';
import { secretsInDetails, withoutDetails } from '../../core/promotion/secretDetails';
import type { RelPath } from '../../core/tree';
import { labelOf, type Target } from './target';

/** What to do with files that look like they hold secrets, and with a message and links that do. */
export type SecretsChoice = 'refuse' | 'allow' | 'leave-out';

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

/**
 * Looks for secrets in what the store does not have yet, and in the message and the links that travel beside it.
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
    /** Whether the message and the links are sent, too. */
    beside: boolean;
    context: CallContext;
  },
): Promise<Chosen> {
  const { less, choice, context } = of;
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
  let found = await look();
  if (choice === 'refuse') {
    refuse(target, start, found);
  }
  for (; found.count > 0; found = await look()) {
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
    }
  }
  return chosen;
}

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
  if (details === null || choice !== 'leave-out') {
    return { details, leftOut: [], count: 0, messageLeftOut: false };
  }
  const kept = withoutDetails(details);
  const left = details.links.filter((link) => !kept.links.includes(link));
  const leftOut = left.slice(0, SHOWN).map(({ path }) => path);
  const messageLeftOut = kept.message !== details.message;
  return { details: kept, leftOut, count: left.length, messageLeftOut };
}

/** @throws SECRETS_FOUND */
function refuse(target: Target, { details }: PromotionStart, found: SecretsFound): void {
  const beside = details === null ? [] : secretsInDetails(details);
  const count = found.count + beside.length;
  if (count === 0) {
    return;
  }
  const inFiles = found.found.map(({ path, kind }): { path: RelPath; kind: SecretKind } => ({
    ...{ path, kind },
  }));
  inFiles.sort((a, b) => (a.path < b.path ? -1 : 1));
  const all = [...inFiles, ...beside].slice(0, SHOWN);
  throw new SnapdirError('SECRETS_FOUND', { store: labelOf(target), count, found: all });
}
