// What a snapshot of the last one's size cannot do without in the frozen layout: a manifest is hashed and written
// whole. Nothing else of a take is in it: no look, no objects, no record.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './ours.mjs';

const require = createRequire(import.meta.url);
const SCRATCH = '.manifestAlone';

/** The text of the largest manifest of a store. */
function largest(store) {
  const folder = join(store, '.manifests');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  if (files.length === 0) throw new Error(`${store}: no manifest`);
  return files.reduce((most, one) => (one.length > most.length ? one : most));
}

/** A contestant that hashes and writes a manifest as large as the engine's, on the same disk, with the same hasher. */
export function manifestAlone({ store }) {
  const { blake3 } = require(join(root, 'out', 'test', 'bench', 'engine.entry.cjs'));
  const dir = join(store, '..', SCRATCH);
  let text;
  return {
    name: 'its manifest alone',
    own: true,
    prepare(round) {
      text ??= largest(store);
      // Other bytes each time, so that nothing is known already.
      text.write(createHash('sha256').update(String(round)).digest('hex'), text.length - 65);
      mkdirSync(dir, { recursive: true });
    },
    run() {
      const draft = join(dir, 'draft');
      writeFileSync(draft, text);
      renameSync(draft, join(dir, blake3(text)));
    },
    after: () => rmSync(dir, { recursive: true, force: true }),
  };
}
