// Our own C program: the practical limit of the layout. See layoutLimit.c.
import { mkdirSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { remove } from '../place.mjs';
import { run } from '../run.mjs';
import { missing } from './tool.mjs';

const REGISTRY = '/usr/share/cargo/registry';
const HERE = join(import.meta.dirname, '..');
const OURS = ['layoutLimit.c', 'layoutTree.c'].map((name) => join(HERE, name));
const COMMON = ['blake3.c', 'blake3_dispatch.c', 'blake3_portable.c'];
const BY_CPU = {
  x64: ['sse2', 'sse41', 'avx2', 'avx512'].map((set) => `blake3_${set}_x86-64_unix.S`),
  arm64: ['blake3_neon.c'],
};

/** The official C sources of BLAKE3, as Debian's librust-blake3-dev has them. */
function blake3Folder() {
  try {
    const name = readdirSync(REGISTRY).find((one) => /^blake3-\d/.test(one));
    return join(REGISTRY, name ?? 'blake3', 'c');
  } catch {
    return join(REGISTRY, 'blake3', 'c');
  }
}

async function cannotBuild() {
  if (BY_CPU[process.arch] === undefined) return `not written for ${process.arch}`;
  const noCompiler = await missing({ command: 'gcc', debian: 'gcc' });
  const file = () => join(blake3Folder(), 'blake3.c');
  return noCompiler ?? (await missing({ file, debian: 'librust-blake3-dev' }));
}

async function build(program) {
  const blake3 = blake3Folder();
  const sources = [...COMMON, ...BY_CPU[process.arch]].map((name) => join(blake3, name));
  const neon = process.arch === 'arm64' ? ['-DBLAKE3_USE_NEON=1'] : [];
  const flags = ['-O3', '-Wall', ...neon, `-I${blake3}`, '-o', program];
  await run('gcc', [...flags, ...OURS, ...sources, '-lpthread']);
}

function open(dir, folder) {
  const program = join(dir, 'layoutLimit');
  const store = join(dir, 'limit');
  const threads = String(availableParallelism());
  const take = (...flags) => run(program, ['take', threads, folder, store, ...flags]);
  return {
    start: () => build(program),
    reset: () => remove(store),
    first: () => take(),
    firstDurable: () => take('sync'),
    /** On disk when it is done, as ours is. */
    restore(to) {
      mkdirSync(to);
      return run(program, ['restore', threads, store, to, 'sync']);
    },
    /** Its copy is checked, too: a limit that does less than the work is none. */
    exact: true,
  };
}

/** The C program */
export const limit = {
  name: 'C program',
  missing: cannotBuild,
  version: () => run('gcc', ['-dumpfullversion'], { output: true }).then((v) => `gcc ${v.trim()}`),
  open,
};
