// The door through which bundled UI tests reach scripts/vscode: loaded when a test runs, not bundled,
// because those scripts find each other by where they are on disk.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as SessionModule from '../../scripts/vscode/session.mjs';

export type { Session, SessionOptions } from '../../scripts/vscode/session.mjs';
export type { TreeRow, Workbench } from '../../scripts/vscode/workbench.mjs';

/** The project's folder: `npm test` runs every stage from there. */
export const projectRoot = process.cwd();

/** Opens a VS Code window with Snapdir in it, and with extensions of test/fixtures. Close it in an `after` hook. */
export async function openSession(
  options: Omit<SessionModule.SessionOptions, 'extensionPath'>,
  fixtures: readonly string[] = [],
): Promise<SessionModule.Session> {
  const path = join(projectRoot, 'scripts', 'vscode', 'session.mjs');
  const { openSession: open } = (await import(pathToFileURL(path).href)) as typeof SessionModule;
  const others = fixtures.map((name) => join(projectRoot, 'test', 'fixtures', name));
  return open({ ...options, extensionPath: [projectRoot, ...others] });
}
