// Where to measure. A journaled ext4 image in memory gives figures that repeat: a real file system,
// but no disk whose state changes from run to run. It needs root; elsewhere the cache folder has to do.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd, run, succeeds } from './run.mjs';

const PREFIX = 'snapdir-bench-';

/** Puts everything that was written on the disk, so that nobody pays for it in the next one's time. */
export const settle = (dir) => run('sync', ['-f', dir]);

/** Gives the memory of deleted files back, where the place is an image in memory. */
export const trim = (dir) => succeeds('fstrim', [dir]);

/** Removes folders: fast, they hold hundred thousands of things. */
export const remove = (...dirs) => run('rm', ['-rf', ...dirs]);

function onDisk(fallback, why) {
  const dir = join(fallback, 'work');
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  return {
    dir,
    what: `the project's disk (${why}: no ext4 image)`,
    remove: atEnd(() => remove(dir)),
  };
}

async function unmount(dir) {
  for (let attempt = 0; attempt < 20; attempt++) {
    if (await succeeds('umount', [dir])) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  await succeeds('umount', ['-l', dir]);
}

async function dismantle(base) {
  await unmount(join(base, 'ext4'));
  await unmount(join(base, 'ram'));
  rmSync(base, { recursive: true, force: true });
}

/** A benchmark that was killed by force cannot tidy up; the next one does. */
async function removeAbandoned() {
  const mounted = readFileSync('/proc/mounts', 'utf8').matchAll(
    new RegExp(`^tmpfs (\\S+/${PREFIX}(\\d+)-\\w+)/ram `, 'gm'),
  );
  for (const [, base, pid] of mounted) {
    if (!existsSync(`/proc/${pid}`)) await dismantle(base);
  }
}

async function mountImage(base, gib, inodes) {
  const [ram, dir, image] = [join(base, 'ram'), join(base, 'ext4'), join(base, 'ram', 'image')];
  mkdirSync(ram);
  mkdirSync(dir);
  await run('mount', ['-t', 'tmpfs', '-o', `size=${gib + 1}g`, 'tmpfs', ram]);
  await run('truncate', ['-s', `${gib}G`, image]);
  await run('mkfs.ext4', ['-q', '-N', String(inodes), image]);
  await run('mount', ['-o', 'loop', image, dir]);
  return dir;
}

/** Memory that nobody uses, or that is only a cache. */
function availableGib() {
  const [, kib] = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'));
  return Number(kib) / 2 ** 20;
}

/**
 * Mounts an ext4 image of `gib` GiB with room for `inodes` files and folders on tmpfs.
 * @returns the folder, what it is in words, and how to undo it
 */
export async function makePlace(fallback, { gib, inodes }) {
  if (process.platform !== 'linux') return onDisk(fallback, 'not Linux');
  if (process.getuid() !== 0) return onDisk(fallback, 'not root');
  await removeAbandoned();
  const free = availableGib();
  if (free < gib) return onDisk(fallback, `${free.toFixed(0)} GiB of memory, ${gib} needed`);
  const base = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const undo = atEnd(() => dismantle(base));
  try {
    const dir = await mountImage(base, gib, inodes);
    return { dir, what: 'a journaled ext4 image in memory', remove: undo };
  } catch (error) {
    await undo();
    return onDisk(fallback, error.message);
  }
}
