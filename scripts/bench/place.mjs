// Where to measure. A journaled ext4 image in memory gives figures that repeat: a real file system,
// but no disk whose state changes from run to run. It needs root; elsewhere the cache folder has to do.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const run = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** Mounts an ext4 image of `gib` GiB on tmpfs. Returns the folder, how to call it, and how to undo it. */
export function makePlace(fallback, gib) {
  const plain = () => {
    const dir = join(fallback, 'work');
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true });
    return {
      dir,
      what: 'the project disk (not root: no ext4 image)',
      remove: () => rmSync(dir, { recursive: true, force: true }),
    };
  };
  if (process.platform !== 'linux' || process.getuid() !== 0) return plain();
  const base = mkdtempSync(join(tmpdir(), 'snapdir-bench-'));
  const [ram, dir, image] = [join(base, 'ram'), join(base, 'ext4'), join(base, 'ram', 'image')];
  mkdirSync(ram);
  mkdirSync(dir);
  const made =
    run('mount', ['-t', 'tmpfs', '-o', `size=${gib + 1}g`, 'tmpfs', ram]) &&
    run('truncate', ['-s', `${gib}G`, image]) &&
    run('mkfs.ext4', ['-q', '-N', '1500000', image]) &&
    run('mount', ['-o', 'loop', image, dir]);
  const remove = () => {
    run('umount', [dir]);
    run('umount', [ram]);
    rmSync(base, { recursive: true, force: true });
  };
  if (!made) {
    remove();
    return plain();
  }
  return { dir, what: 'a journaled ext4 image in memory', remove };
}
