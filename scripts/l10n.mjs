// `npm run l10n`: fills in what the memory of translations (scripts/l10n/<language>.json: English text → text)
// knows, lists as JSON what each translation still lacks, and drops what nobody says any more. The English bundle is written anew by UPDATE_L10N=1 npm test -- --only architecture.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

function bring(english, path) {
  const source = read(english);
  const translated = read(path);
  const language = /\.([a-z-]+)\.json$/i.exec(path)[1];
  const memory = join('scripts', 'l10n', `${language}.json`);
  const known = existsSync(join(root, memory)) ? read(memory) : {};
  const keys = Object.keys(source);
  for (const key of keys) translated[key] ??= known[source[key]];
  const kept = Object.fromEntries(
    keys.filter((key) => translated[key] !== undefined).map((key) => [key, translated[key]]),
  );
  writeFileSync(join(root, path), `${JSON.stringify(kept, null, 2)}\n`);
  const lacks = keys.filter((key) => translated[key] === undefined);
  process.stdout.write(`${path}: ${keys.length - lacks.length} of ${keys.length}\n`);
  if (lacks.length > 0) {
    const missing = Object.fromEntries(lacks.map((key) => [key, source[key]]));
    process.stdout.write(`${JSON.stringify(missing, null, 2)}\n`);
    process.exitCode = 1;
  }
}

for (const name of readdirSync(join(root, 'l10n'))) {
  if (/^bundle\.l10n\..+\.json$/.test(name) && name !== 'bundle.l10n.json') {
    bring('l10n/bundle.l10n.json', join('l10n', name));
  }
}
for (const name of readdirSync(root)) {
  if (/^package\.nls\..+\.json$/.test(name)) bring('package.nls.json', name);
}
