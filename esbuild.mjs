// Bundles the product into dist/ and, with --tests, every test file into out/test/ (mirrors test/).
// `--production` minifies; `--outdir=DIR` builds elsewhere; `--watch` rebuilds the product on change; `--wasm` leaves out
// the native hash, as the package for all platforms does.
import * as esbuild from 'esbuild';
import { readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { placeNative } from './scripts/nativeHash.mjs';

const args = new Set(process.argv.slice(2));
const production = args.has('--production');
const outdir =
  [...args].find((arg) => arg.startsWith('--outdir='))?.slice('--outdir='.length) ?? 'dist';

/** Options that the product and its tests share, so that tests run the code people run. */
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  loader: { '.wasm': 'binary' },
  external: ['vscode'],
  sourcemap: production ? false : 'linked',
  minify: production,
  keepNames: false,
  logLevel: 'warning',
};

const product = {
  ...common,
  entryPoints: {
    extension: 'src/extension.ts',
    // What the editor's own thread needs of the engine, and of a bundle before it is loaded.
    hash: 'src/engine/hashing/blake3.ts',
    compile: 'src/stores/bundle/compileThread.ts',
    store: 'src/stores/thread/main.ts',
    cli: 'src/cli/start.ts',
  },
  outdir,
};

/** Modules of Node that take milliseconds to load, and that most runs of the command and most threads never use. */
const SELDOM =
  /^node:(child_process|crypto|fs\/promises|https?|net|readline|timers\/promises|tls|zlib)$/;

/** These are required when something of them is used for the first time. */
const seldomModules = {
  name: 'seldom-modules',
  setup(build) {
    build.onResolve({ filter: SELDOM }, ({ path, namespace }) =>
      namespace === 'seldom' ? { path, external: true } : { path, namespace: 'seldom' },
    );
    build.onLoad({ filter: /.*/, namespace: 'seldom' }, ({ path }) => {
      const names = Object.keys(createRequire(import.meta.url)(path));
      const load = `require(${JSON.stringify(path)})`;
      const getter = (name) => `get ${name}() { return ${load}.${name}; }`;
      return { contents: `module.exports = { ${names.map(getter).join(', ')} };`, loader: 'js' };
    });
  },
};

/** What a process of the command loads, and its threads: each starts anew every time. */
const quick = {
  ...common,
  entryPoints: {
    command: 'src/cli/main.ts',
    engine: 'src/engine/worker/main.ts',
    helper: 'src/engine/worker/helper.ts',
  },
  plugins: [seldomModules],
  outdir,
};

/** Half a megabyte that only stores in S3 need: loaded when one is opened. */
const remote = {
  ...common,
  entryPoints: { 'remote-s3': 'src/stores/s3/sdk.ts' },
  // The packages' ES modules: their CommonJS cannot be shaken, and is half as large again.
  mainFields: ['module', 'main'],
  // Node's own modules as every other one: the editor sees to its proxy where they are required, and a bundle that another
  // thread compiled cannot import.
  supported: { 'dynamic-import': false },
  // Nobody steps through it, and half as much is half as much to load.
  minify: true,
  // A word to developers about Node's version, which people who run the command have no use for.
  define: { 'process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED': '"true"' },
  outdir,
};

function testFiles(dir, found = []) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) testFiles(path, found);
    else if (/\.test\.ts$/.test(entry.name) || /\.entry\.ts$/.test(entry.name)) found.push(path);
  }
  return found;
}

if (args.has('--tests')) {
  rmSync('out/test', { recursive: true, force: true });
  await esbuild.build({
    ...common,
    entryPoints: [...testFiles('test'), 'test/integration/index.ts'],
    outdir: 'out/test',
    outbase: 'test',
    sourcemap: 'inline',
    external: [
      'vscode',
      'mocha',
      'playwright-core',
      '@vscode/test-electron',
      'fast-check',
      'esbuild',
      'typescript',
    ],
  });
} else if (args.has('--watch')) {
  for (const options of [product, quick, remote]) {
    const context = await esbuild.context(options);
    await context.watch();
  }
} else {
  await esbuild.build(product);
  await esbuild.build(quick);
  await esbuild.build(remote);
  placeNative(outdir, !args.has('--wasm'));
}
