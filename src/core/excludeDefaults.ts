/**
 * What no snapshot holds unless a person says so: folders that a tool makes anew from a lock file, and
 * files that only a file manager wants. The default of the setting `snapdir.exclude`, and what the
 * command uses, so that both see the same tree.
 */
export const DEFAULT_EXCLUDES: readonly string[] = [
  '**/node_modules',
  '**/bower_components',
  '**/.venv',
  '**/__pycache__',
  '**/.DS_Store',
  '**/Thumbs.db',
];
