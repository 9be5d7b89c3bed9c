import { join } from 'node:path';
import { promoteSnapshot } from '../../../src/app/promoteSnapshot';
import { Repository } from '../../../src/app/repository';
import { readRef } from '../../../src/app/transfer/remoteRef';
import type { Target } from '../../../src/app/transfer/target';
import { SnapdirError } from '../../../src/core/errors';
import { parseRemote } from '../../../src/core/remote';
import { quietControl } from '../../../src/engine/context';
import { createMethods } from '../../../src/engine/engine';
import { storeOpener } from '../../../src/stores/openStore';
import { testEnv, everything } from '../../support/directEngine';
import { fileTree } from '../../support/fileTree';
import { asEngine } from '../../support/people';
import { placesFor } from '../../support/s3';
import type { PromoterOptions, Promoted } from './promoters';

/**
 * A process that promotes one snapshot after the other to the same name, as a person would who looks at what
 * somebody else promoted and then promotes all the same. Writes what came of each, one line each.
 */
const { root, author, count, name, remote, keys } = JSON.parse(process.argv[2]!) as PromoterOptions;

async function promoteOnce(repository: Repository, target: Target): Promise<Omit<Promoted, 'id'>> {
  let refused = 0;
  let seen: { expect?: string | null } = {};
  for (;;) {
    try {
      await promoteSnapshot(repository, target, { rev: 'HEAD', name, ...seen });
      return { won: true, refused };
    } catch (error) {
      if (!SnapdirError.is(error, 'PROMOTION_CONFLICT')) {
        throw error;
      }
      if (error.data.kept) {
        return { won: false, refused };
      }
      refused++;
      seen = { expect: (await readRef(target.store, name, {})).entry?.nonce ?? null };
    }
  }
}

async function main(): Promise<void> {
  const methods = createMethods(testEnv({ author }), { root });
  const repository = new Repository({
    engine: asEngine(methods, root),
    name: author,
    settings: () => ({ rules: everything, maxFileSize: 0 }),
  });
  const store = await storeOpener(placesFor(keys))(parseRemote('team', remote));
  for (let n = 0; n < count; n++) {
    fileTree(root, { 'own.txt': `${author} ${n}`, [join('dir', `${n}`)]: `${n}` });
    const { checkpoint } = methods.take({ trigger: 'manual', rules: everything }, quietControl);
    const done = await promoteOnce(repository, { name: 'team', store });
    process.stdout.write(`${JSON.stringify({ id: checkpoint.snapshot, ...done })}\n`);
  }
  await store.close();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${String((error as Error).stack)}\n`);
    process.exit(1);
  },
);
