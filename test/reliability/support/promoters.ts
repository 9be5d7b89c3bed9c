import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { PermanentStore } from '../../../src/core/permanentStore';
import { repositoryRoot } from '../../support/paths';
import { lookAtRefs, type Shown } from '../../support/refsAreWhole';
import { tempDir } from '../../support/tempDir';

export interface PromoterOptions {
  /** Its own folder. */
  root: string;
  author: string;
  /** How many promotions it makes. */
  count: number;
  name: string;
  /** The store, as settings describe it. */
  remote: Readonly<Record<string, unknown>>;
  keys: { accessKeyId: string; secretAccessKey: string };
}

/** What came of one promotion. */
export interface Promoted {
  /** The snapshot. */
  id: string;
  /** false: it lies aside, since somebody else's came first, and this process was told so. */
  won: boolean;
  /** How often it was told, before anything was sent, that somebody else had moved the name. */
  refused: number;
}

const PROMOTER = join(repositoryRoot, 'out/test/reliability/support/promoter.entry.cjs');
const PROCESSES = 8;
const NO_KEYS = { accessKeyId: '', secretAccessKey: '' };

function promoter(options: PromoterOptions): Promise<Promoted[]> {
  const child = spawn(process.execPath, [PROMOTER, JSON.stringify(options)]);
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) {
        reject(new Error(`${options.author}: ${Buffer.concat(err).toString('utf8')}`));
      }
      const lines = Buffer.concat(out).toString('utf8').split('\n').filter(Boolean);
      resolve(lines.map((line) => JSON.parse(line) as Promoted));
    });
  });
}

/** What eight processes that promote to one name at the same time came to. */
export interface Race {
  promotions: number;
  aside: number;
  refused: number;
  broken: string[];
}

/** Eight processes promote `total` times in all; then everything is held against what the store shows. */
export async function race(
  total: number,
  store: PermanentStore,
  of: { remote: PromoterOptions['remote']; keys?: PromoterOptions['keys'] },
): Promise<Race> {
  const { remote, keys = NO_KEYS } = of;
  const each = Math.ceil(total / PROCESSES);
  const all = await Promise.all(
    Array.from({ length: PROCESSES }, (_, n) => {
      const own = { root: join(tempDir(), `p${n}`), author: `p${n}@test`, count: each };
      return promoter({ ...own, name: 'main', remote, keys });
    }),
  );
  const told = all.flat();
  assert.equal(told.length, each * PROCESSES);
  const shown = await lookAtRefs(store);
  return {
    promotions: told.length,
    aside: told.filter(({ won }) => !won).length,
    refused: told.reduce((sum, { refused }) => sum + refused, 0),
    broken: [...shown.broken, ...lost(told, shown), ...winners(told, shown)],
  };
}

/** Every promotion is in the journal, once. */
function lost(told: readonly Promoted[], { entries }: Shown): string[] {
  const there = [...entries.values()].map(({ id }) => id).sort();
  const made = told.map(({ id }) => id).sort();
  return there.join() === made.join()
    ? []
    : [`${made.length} promotions, ${there.length} in the journal`];
}

/**
 * One winner at a time: from the head back, each followed what the name stood for. Exactly those who are in this
 * line were told that they had won, and exactly the others that they had not.
 */
function winners(told: readonly Promoted[], { entries, heads }: Shown): string[] {
  const line = new Set<string>();
  for (let at = heads.get('main'); at !== undefined; at = entries.get(at)?.parents[0]) {
    const id = entries.get(at)?.id ?? '';
    if (line.has(id)) {
      return ['promotions follow each other in a ring'];
    }
    line.add(id);
  }
  const wrong = told.filter(({ id, won }) => line.has(id) !== won);
  return wrong.map(({ id, won }) => `${id.slice(0, 8)} was told ${won ? 'that it won' : 'no'}`);
}
