// How Git's program is called, wherever that is.

/** Nothing of the user's own settings runs programs or changes bytes; nothing is fetched behind anybody's back. */
export function gitSettings(platform: string): string[] {
  return [
    ...['-c', `core.hooksPath=${platform === 'win32' ? 'NUL' : '/dev/null'}`],
    ...['-c', 'core.fsmonitor=false', '-c', 'gc.auto=0', '-c', 'maintenance.auto=false'],
    ...['-c', 'core.fsync=all', '-c', 'core.logAllRefUpdates=false'],
  ];
}

/** The environment without `GIT_…`: those would lead to another repository, index or object store. */
export function gitEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const own = Object.entries(variables).filter(([name]) => !/^GIT_/i.test(name));
  return {
    ...Object.fromEntries(own),
    ...{ GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1', LC_ALL: 'C' },
  };
}
