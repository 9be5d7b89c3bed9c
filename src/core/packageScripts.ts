import { decodeUtf8 } from '../base/utf8';
import { plainName } from './paths';
import type { RelPath } from './tree';

/** What npm, pnpm, Yarn and Bun run when a person only asks for packages to be installed. */
const AT_INSTALL = new Set([
  ...['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'],
  ...['predependencies', 'dependencies', 'postdependencies', 'pnpm:devPreinstall'],
]);

/** Whether a file at this path is a `package.json`, under any of the names that some file system takes for one. */
export function isPackageFile(path: RelPath): boolean {
  return plainName(path.slice(path.lastIndexOf('/') + 1)) === 'package.json';
}

/**
 * Whether a `package.json` from elsewhere brings scripts that people would run without having looked at them (H45):
 * in place of one that is there, any script that is new or another one; where there is none (`null`), one that runs
 * when packages are installed. `undefined`: there is one, nobody knows what it says. A text that is no JSON may be read
 * by a tool that is not as strict: yes.
 */
export function bringsScripts(theirs: Uint8Array, live: Uint8Array | null | undefined): boolean {
  const scripts = scriptsIn(theirs);
  if (scripts === undefined) {
    return true;
  }
  if (live === null) {
    return [...scripts.keys()].some((name) => AT_INSTALL.has(name));
  }
  const known = (live && scriptsIn(live)) ?? new Map<string, string>();
  return [...scripts].some(([name, script]) => known.get(name) !== script);
}

/** Name → what is run, as JSON; undefined: it cannot be read. */
function scriptsIn(bytes: Uint8Array): Map<string, string> | undefined {
  try {
    const value: unknown = JSON.parse(decodeUtf8(bytes).replace(/^\uFEFF/, ''));
    const scripts = isObject(value) ? value['scripts'] : undefined;
    return new Map(
      isObject(scripts)
        ? Object.entries(scripts).map(([name, script]) => [name, JSON.stringify(script)])
        : [],
    );
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
