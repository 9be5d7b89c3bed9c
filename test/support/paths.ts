import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

function findRoot(): string {
  // Bundled tests lie at different depths below out/, so the root is looked for.
  for (let dir = __dirname; dir !== dirname(dir); dir = dirname(dir)) {
    if (existsSync(join(dir, 'package.json')) && existsSync(join(dir, 'esbuild.mjs'))) {
      return dir;
    }
  }
  throw new Error(`No package.json above ${__dirname}`);
}

/** The repository's top folder. */
export const repositoryRoot = findRoot();
/** The golden vectors. */
export const goldenRoot = join(repositoryRoot, 'test', 'golden');
/** The built command; SNAPDIR_CLI names another one (an installed package, say). */
export const cliPath = process.env['SNAPDIR_CLI'] ?? join(repositoryRoot, 'dist', 'cli.cjs');
