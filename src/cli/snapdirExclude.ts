type Env = Readonly<Record<string, string | undefined>>;

const escapeRegex = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The folders of this person that `%system%` also means; the engine knows no environment. */
function ownFolders(env: Env): string {
  const home = env['HOME'] ?? '';
  const xdg = env['XDG_CACHE_HOME'] ?? '';
  const own = env['SNAPDIR_CACHE_DIR'] ?? '';
  const cache = own !== '' ? own : `${xdg === '' ? `${home}/.cache` : xdg}/snapdir`;
  return `^(${escapeRegex(`${home}/.cache/`)}|${escapeRegex(cache)})`;
}

/**
 * One expression out of all `--exclude` options, with snapdir's meaning: a path is left out when it
 * matches anywhere in its absolute path. The engine replaces the macros `%common%` and `%system%`.
 */
export function excludeRegex(patterns: readonly string[], env: Env): string | undefined {
  // Functions, for `$` has a meaning in a replacement text.
  const complete = patterns.map((pattern) =>
    pattern.replaceAll('%system%', () => `(%system%|${ownFolders(env)})`),
  );
  return complete.length <= 1 ? complete[0] : complete.map((text) => `(?:${text})`).join('|');
}
