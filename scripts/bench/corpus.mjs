// Makes the folders that are measured: pinned npm packages, installed without running any of their
// scripts, or files from a seeded generator.
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeBinary, makeHuge } from './generate.mjs';
import { run } from './run.mjs';

const here = import.meta.dirname;
const GENERATED = { binary: makeBinary, huge: makeHuge };

/** Installs a corpus below `cache` unless it is there, and returns its folder. */
export async function installCorpus(cache, name) {
  const dir = join(cache, name);
  const done = join(cache, `${name}.done`);
  if (existsSync(done)) return dir;
  console.log(`Making the corpus "${name}" from npm packages (once; about a minute) …`);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  cpSync(join(here, 'corpora', `${name}.json`), join(dir, 'package.json'));
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const args = ['install', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund'];
  try {
    await run(npm, args, { cwd: dir });
  } catch (error) {
    const last = error.message.trim().split('\n').at(-1);
    throw new Error(`npm could not install the corpus "${name}": ${last}. Is there a network?`);
  }
  writeFileSync(done, '');
  return dir;
}

/** Puts a corpus at `folder`, which must not exist. Every call makes the same files. */
export async function placeCorpus(cache, name, folder) {
  const generate = GENERATED[name];
  if (generate !== undefined) {
    mkdirSync(folder);
    generate(folder);
    return;
  }
  await run('cp', ['-a', await installCorpus(cache, name), folder]);
}
