import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Snapdir's folder of this user, the same for the editor and the command: `SNAPDIR_HOME`, else where the
 * system keeps such data. Never named by anything inside a workspace (rule 5).
 * @returns an absolute path; undefined where the user has no home
 */
export function userHome(
  variables: Readonly<Record<string, string | undefined>>,
  platform: string,
): string | undefined {
  const named = variables['SNAPDIR_HOME'];
  if (named !== undefined && named !== '') {
    return isAbsolute(named) ? named : undefined;
  }
  const absolute = (path: string | undefined): string | undefined =>
    path !== undefined && isAbsolute(path) ? path : undefined;
  const home = absolute(homedir());
  const below = (...parts: string[]): string | undefined =>
    home === undefined ? undefined : join(home, ...parts);
  switch (platform) {
    case 'win32':
      return (
        absolute(variables['LOCALAPPDATA'])?.concat('\\snapdir') ??
        below('AppData', 'Local', 'snapdir')
      );
    case 'darwin':
      return below('Library', 'Application Support', 'snapdir');
    default:
      return (
        absolute(variables['XDG_DATA_HOME'])?.concat('/snapdir') ??
        below('.local', 'share', 'snapdir')
      );
  }
}
