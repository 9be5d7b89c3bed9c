import type { Tree } from '../../../core/tree';

/** What was not taken here may not make anything writable for others, nor shut its owner out (H32). */
export function withTameModes(tree: Tree): Tree {
  const entries = tree.entries.map((entry) => {
    const mode = (entry.mode & 0o755) | (entry.type === 'D' ? 0o700 : 0o600);
    return mode === entry.mode ? entry : { ...entry, mode };
  });
  return { ...tree, entries };
}
