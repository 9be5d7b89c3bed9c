// Makes the folders that are measured: pinned npm packages, installed without running any of their scripts.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;

/** Installs a corpus below `cache` unless it is there, and returns its folder. */
export function makeCorpus(cache, name) {
  const dir = join(cache, name);
  const done = join(cache, `${name}.done`);
  if (existsSync(done)) return dir;
  console.log(`Making the corpus "${name}" from npm packages (once; about a minute) …`);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  cpSync(join(here, 'corpora', `${name}.json`), join(dir, 'package.json'));
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const args = ['install', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund'];
  const result = spawnSync(npm, args, { cwd: dir, encoding: 'utf8' });
  if (result.status !== 0) {
    const last = (result.stderr ?? '').trim().split('\n').at(-1);
    throw new Error(`npm could not install the corpus "${name}": ${last}. Is there a network?`);
  }
  writeFileSync(done, '');
  return dir;
}
