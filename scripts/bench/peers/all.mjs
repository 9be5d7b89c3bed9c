// Everybody we are measured against. A peer is `{ name, missing(), version(), open(dir, folder) }`; what it
// opens has `reset`, `first`, `again`, `restore(to)`, `restoreTen(paths)`; one that cannot do something
// has no such function. `start` once before all; `tidy` after each `again`; `evicts`: it empties the page cache.
import { borg } from './borg.mjs';
import { cp } from './cp.mjs';
import { git } from './git.mjs';
import { limit } from './limit.mjs';
import { ostree } from './ostree.mjs';
import { restic } from './restic.mjs';
import { rsync } from './rsync.mjs';

const PEERS = [limit, git, restic, borg, rsync, ostree, cp];

/**
 * Opens the peers with these names (all when none are given) for a folder; their stores are below `dir`.
 * @returns `open`: by name; `versions`; `skipped`: who is not here, and why
 */
export async function openPeers(dir, folder, names) {
  const found = { open: {}, versions: {}, skipped: {} };
  for (const peer of PEERS.filter(({ name }) => names === undefined || names.includes(name))) {
    const why = await peer.missing();
    if (why !== undefined) {
      found.skipped[peer.name] = why;
      continue;
    }
    found.versions[peer.name] = await peer.version();
    found.open[peer.name] = { name: peer.name, ...peer.open(dir, folder) };
    await found.open[peer.name].start?.();
  }
  return found;
}
