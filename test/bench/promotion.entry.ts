// What `scripts/benchRemote.mjs` measures of promotion itself: a process that has the engine's threads and the store, as
// the editor's has, makes snapshots of generated files and promotes two.
import { subscribe } from 'node:diagnostics_channel';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promoteSnapshot } from '../../src/app/promoteSnapshot';
import { Repository } from '../../src/app/repository';
import { nullLogger } from '../../src/base/logger';
import { parseRemote } from '../../src/core/remote';
import { createEngine } from '../../src/engine/worker/engineClient';
import { storeOpener } from '../../src/stores/openStore';
import { everything } from '../support/directEngine';
import { repositoryRoot } from '../support/paths';
import { makeBucket, placesFor } from '../support/s3';
import { tempDir } from '../support/tempDir';
import type { TestServer } from '../support/testServers';
import { contentOf, newSeed } from './remote.entry';

const CHANGED = 10;

/** What came of it. */
export interface PromotionFigures {
  /** Of the first promotion. Milliseconds. */
  ms: number;
  /** Requests in flight at its end. */
  width: number;
  /** Of the second one, with ten files changed. */
  again: { ms: number; requests: number };
  /** Of the process: MB. */
  before: number;
  peak: number;
}

const megabytes = (): number => process.resourceUsage().maxRSS / 1024;

async function main(server: TestServer, count: number, bytes: number): Promise<PromotionFigures> {
  const root = join(tempDir(), 'folder');
  const seed = newSeed();
  for (let i = 0; i < count; i++) {
    const dir = join(root, `d${i % 100}`);
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, `${i}.bin`), contentOf(i, bytes, seed));
  }
  const workerPath = join(repositoryRoot, 'dist', 'engine.cjs');
  const engine = createEngine({
    ...{ location: { root }, workerPath, author: 'bench@test', log: nullLogger },
  });
  const settings = { rules: everything, maxFileSize: 0 };
  const repository = new Repository({ engine, name: 'bench', settings: () => settings });
  const take = (): Promise<unknown> => engine.take({ trigger: 'manual', rules: everything });
  await take();
  const bucket = await makeBucket(server);
  const { endpoint, region } = server;
  const fields = { url: `s3://${bucket}/x`, endpoint, region, auth: 'stored' };
  const store = await storeOpener(placesFor(server))(parseRemote('bench', fields));
  const promote = async (): Promise<number> => {
    const started = performance.now();
    await promoteSnapshot(repository, { name: 'bench', store }, { rev: 'HEAD', name: 'main' });
    return performance.now() - started;
  };
  const before = megabytes();
  const ms = await promote();
  const width = store.concurrency();
  for (let i = 0; i < CHANGED; i++) {
    writeFileSync(join(root, `d${i % 100}`, `${i}.bin`), contentOf(count + i, bytes, seed));
  }
  await take();
  let requests = 0;
  subscribe('http.client.request.start', () => requests++);
  const again = { ms: await promote(), requests: 0 };
  again.requests = requests;
  await store.close();
  await engine.close();
  return { ms, width, again, before, peak: megabytes() };
}

const { server, count, bytes } = JSON.parse(process.argv[2]!) as {
  server: TestServer;
  count: number;
  bytes: number;
};
void main(server, count, bytes).then((figures) => {
  process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0));
});
