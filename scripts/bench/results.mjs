// What was measured, kept part by part in .bench/results, with the date, the commit and the machine.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { root } from './ours.mjs';
import { run } from './run.mjs';

/** The parts, in the order of the page. */
export const PARTS = ['small', 'large', 'binary', 'huge', 'history', 'host'];

/** What the figures depend on. */
const MEASURED = ['--', 'src', 'scripts', 'esbuild.mjs', 'package.json'];

async function commit() {
  const git = (...args) => run('git', args, { cwd: root, output: true });
  try {
    const name = (await git('rev-parse', '--short=10', 'HEAD')).trim();
    const dirty = (await git('status', '--porcelain', ...MEASURED)).trim() !== '';
    return dirty ? `${name} with changes` : name;
  } catch {
    return 'unknown';
  }
}

function machine() {
  const memory = Math.round(totalmem() / 2 ** 30);
  const system = `${process.platform} ${release().split('-')[0]} ${arch()}`;
  return `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${memory} GiB, Node ${process.version}, ${system}`;
}

const file = (cache, part) => join(cache, 'results', `${part}.json`);

/** Keeps a part's result. */
export async function saveResult(cache, part, result) {
  mkdirSync(join(cache, 'results'), { recursive: true });
  const now = new Date().toISOString();
  const all = { part, date: now, commit: await commit(), machine: machine(), ...result };
  writeFileSync(file(cache, part), `${JSON.stringify(all, null, 1)}\n`);
  return all;
}

/** The latest result of each part that was ever measured. */
export function loadResults(cache) {
  const found = PARTS.filter((part) => existsSync(file(cache, part)));
  return found.map((part) => JSON.parse(readFileSync(file(cache, part), 'utf8')));
}

const PROFILES = 'profiles';

/** Keeps where the time of the large folder's operations went. */
export const saveProfiles = (cache, operations) => saveResult(cache, PROFILES, { operations });

/** What was kept last, or undefined. */
export function loadProfiles(cache) {
  const path = file(cache, PROFILES);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}
