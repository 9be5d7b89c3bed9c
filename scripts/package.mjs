// `npm run package`: makes snapdir-<version>.vsix of a production build, in a folder of its own so that the development
// build in dist/ stays as it is. It runs everywhere, and hashes by WASM. `npm run package -- linux-x64` makes
// snapdir-linux-x64-<version>.vsix, with the native hash for that platform beside it. Fails when a package holds what
// does not run.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fetchNative, placeFile, platforms } from './nativeHash.mjs';

const root = join(import.meta.dirname, '..');
const stage = join(root, 'out', 'package');
const [platform] = process.argv.slice(2);
if (platform !== undefined && !platforms.includes(platform)) {
  process.stderr.write(`There is no platform "${platform}"; there are ${platforms.join(', ')}\n`);
  process.exit(1);
}
const MAX_BYTES = 1.5 * 1024 * 1024;
const PARTS = [
  'package.json',
  'package.nls.json',
  'package.nls.de.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
];
const FOLDERS = ['media', 'l10n'];

function run(args, cwd) {
  const result = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout}${result.stderr}`);
    process.exit(1);
  }
  return result.stdout;
}

rmSync(stage, { recursive: true, force: true });
mkdirSync(stage, { recursive: true });
run(['esbuild.mjs', '--production', '--wasm', `--outdir=${join(stage, 'dist')}`], root);
if (platform !== undefined) {
  placeFile(join(stage, 'dist'), fetchNative(platform, join(root, 'out', 'native', platform)));
}
for (const part of [...PARTS, ...FOLDERS, '.vscodeignore']) {
  cpSync(join(root, part), join(stage, part), { recursive: true });
}
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const of = platform === undefined ? '' : `${platform}-`;
const vsix = join(root, `snapdir-${of}${version}.vsix`);
const vsce = createRequire(import.meta.url).resolve('@vscode/vsce/vsce');
const common = ['--no-dependencies'];
// The README's pictures live in the repository, not in the package.
const links = ['--no-rewrite-relative-links', '--allow-missing-repository'];
const target = platform === undefined ? [] : ['--target', platform];
run([vsce, 'package', ...target, ...common, ...links, '--out', vsix], stage);
const files = run([vsce, 'ls', ...common], stage)
  .trim()
  .split('\n');
const bytes = statSync(vsix).size;
process.stdout.write(`${files.map((file) => `  ${file}`).join('\n')}\n`);
process.stdout.write(`${vsix}: ${(bytes / 1024).toFixed(0)} KiB, ${files.length} files\n`);
const wrong = files.filter(
  (file) =>
    !/^(dist\/(extension|engine|helper|hash|compile|store|cli|command|remote-s3)\.cjs|dist\/blake3\.node|media\/|l10n\/|[A-Z]+(\.md)?$|package(\.nls(\.de)?)?\.json$)/.test(
      file,
    ),
);
if (wrong.length > 0 || bytes > MAX_BYTES) {
  process.stderr.write(
    `The package is too large or holds what does not run: ${wrong.join(', ')}\n`,
  );
  process.exit(1);
}
