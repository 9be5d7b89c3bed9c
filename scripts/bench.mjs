// `npm run bench`: Snapdir against git, restic, borg, rsync, ostree, cp and the practical limit, on folders made of
// npm packages, and the extension host inside a real VS Code. Nothing here is a test.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bench/ours.mjs';
import { writePage } from './bench/page.mjs';
import { measurePart } from './bench/parts/all.mjs';
import { loadProfiles, loadResults, PARTS, saveResult } from './bench/results.mjs';
import { end, interrupted, tidyOnSignals } from './bench/run.mjs';
import { goalTable, resultTables } from './bench/table.mjs';
import { runOnVSCodesNode, withoutNode } from './bench/vscodeNode.mjs';

const USAGE = `npm run bench [-- [PART…] [--rounds N] [--peers=git,restic,…] [--remark=TEXT] [--node=here]]
  without a part     everything (over an hour), then writes docs/performance.md
  ${PARTS.join(' · ')}
                     a part; its result is kept in .bench/results
  quick              the small folder, few peers, three rounds; not for the page
  page               writes docs/performance.md out of the latest results
  --node=here        on this Node, and not on that of the newest VS Code`;

const cache = join(root, '.bench');

function parse(args) {
  const rounds = /^--rounds[ =](\d+)$/.exec(args.join(' ').match(/--rounds[ =]\d+/)?.[0] ?? '');
  const chosen = args.find((arg) => arg.startsWith('--peers='))?.slice('--peers='.length);
  const remark = args.find((arg) => arg.startsWith('--remark='))?.slice('--remark='.length);
  const names = args.filter((arg) => !/^(--rounds.*|--peers=.*|--remark=.*|\d+)$/.test(arg));
  const unknown = names.filter((name) => ![...PARTS, 'quick', 'page'].includes(name));
  if (unknown.length > 0) throw new Error(`there is no part "${unknown[0]}"\n${USAGE}`);
  const all = names.length === 0;
  const parts = all ? PARTS : names.filter((name) => name !== 'page');
  return {
    parts,
    page: all || names.includes('page'),
    rounds: Number(rounds?.[1] ?? 5),
    only: chosen?.split(','),
    remark,
  };
}

function build() {
  // The product as it is packaged.
  for (const flags of [['--production'], ['--tests']]) {
    const args = ['esbuild.mjs', ...flags];
    const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
    if (status !== 0) throw new Error('the build failed');
  }
}

async function main(args) {
  const { parts, page, rounds, only, remark } = parse(withoutNode(args));
  mkdirSync(cache, { recursive: true });
  if (parts.length > 0) build();
  for (const part of parts) {
    const found = await measurePart(part, { cache, rounds, only });
    const result = await saveResult(
      cache,
      part,
      remark === undefined ? found : { ...found, remark },
    );
    const judged = part === 'quick' ? { ...result, part: 'small' } : result;
    console.log(`\n${resultTables(result)}\n\n${goalTable([judged])}\n`);
  }
  if (page) {
    writePage(root, loadResults(cache), loadProfiles(cache));
    console.log('Written to docs/performance.md and docs/performance.svg');
  }
}

tidyOnSignals();
try {
  const args = process.argv.slice(2);
  const status = await runOnVSCodesNode(args);
  if (status === undefined) await main(args);
  else process.exitCode = status;
} catch (error) {
  if (!interrupted()) {
    console.error(`bench: ${error.message}`);
    process.exitCode = 1;
  }
} finally {
  if (!interrupted()) await end();
}
