import type { CallContext, SecretsFound } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { SnapshotId } from '../../core/ids';
import type { SecretFinding } from '../../core/promotion/secrets';
import type { RelPath } from '../../core/tree';
import type { Repository } from '../repository';
import { labelOf, type Target } from './target';

/** What to do with files that look like they hold secrets. */
export type SecretsChoice = 'refuse' | 'allow' | 'leave-out';

const FOUND_SHOWN = 50;

/** Who sends what to where. */
interface Sender {
  repository: Repository;
  target: Target;
  request: { secrets?: SecretsChoice };
  /** Snapshots whose content was sent before. */
  less: SnapshotId[];
  context: CallContext;
}

/** What is promoted. */
export interface Chosen {
  snapshot: SnapshotId;
  /** Bytes of the manifest. */
  size?: number;
  leftOut: RelPath[];
  count: number;
}

/** What of a snapshot may be sent. @throws SECRETS_FOUND */
export async function withoutSecrets(
  { repository, target, request, less, context }: Sender,
  snapshot: SnapshotId,
): Promise<Chosen> {
  const { engine } = repository;
  const choice = request.secrets ?? 'refuse';
  const chosen: Chosen = { snapshot, leftOut: [], count: 0 };
  const look = (): Promise<SecretsFound> => {
    const { snapshot } = chosen;
    const params = { snapshot, less, remote: target.store.id, paths: true };
    return engine.findSecrets(params, context);
  };
  for (let found = await look(); found.count > 0; found = await look()) {
    const checksums = [...new Set(found.found.map(({ checksum }) => checksum))];
    if (choice === 'refuse') {
      throw refuseSecrets(target, found);
    } else if (choice === 'allow') {
      await engine.allowSecrets({ remote: target.store.id, checksums });
    } else {
      const { snapshot } = chosen;
      const rest = await engine.leaveOut({ snapshot, checksums }, context);
      chosen.leftOut = [...chosen.leftOut, ...rest.leftOut].slice(0, 500);
      chosen.count += rest.count;
      [chosen.snapshot, chosen.size] = [rest.snapshot, rest.manifestBytes];
    }
  }
  return chosen;
}

function refuseSecrets(target: Target, { found, count }: SecretsFound): SnapdirError {
  const bare = ({ path, kind }: SecretFinding): { path: RelPath; kind: typeof kind } => ({
    path,
    kind,
  });
  const shown = found.slice(0, FOUND_SHOWN).map(bare);
  return new SnapdirError('SECRETS_FOUND', { store: labelOf(target), count, found: shown });
}
