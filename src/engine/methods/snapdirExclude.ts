import { nodeSays } from '../../core/causes';
import { SnapdirError } from '../../core/errors';

/** snapdir's macros, with its unescaped dots: `%common%` excludes `/xgit` too (store-format §7). */
const COMMON =
  '(/(.cache|.git|.DS_Store|.vscode-server|.dbus|.gvfs|.local/share/gvfs-metadata|' +
  '.local/share/Trash|.Trash|node_modules|Trash-1000)($|/))';
const SYSTEM =
  '(^(/vscode/|/dev/|/proc/|/sys/|/tmp/|/var/run/|/run/|/mnt/|/media/|/lost+found/|' +
  '/var/snap/lxd/common/ns/shmounts/|/var/snap/lxd/common/ns/mntns/|/var/lib/lxcfs/))';
const MAX_LENGTH = 10_000;

/**
 * The regular expression of snapdir's `--exclude`, matched anywhere in the absolute path. It comes from
 * a person's command line, never from a workspace (H37).
 * @throws INVALID_ARGUMENT
 */
export function snapdirExclude(text: string): RegExp {
  if (text.length > MAX_LENGTH) {
    const reason = { is: 'too-many-characters', most: MAX_LENGTH } as const;
    throw new SnapdirError('INVALID_ARGUMENT', { argument: '--exclude', reason });
  }
  const expanded = text.replaceAll('%common%', COMMON).replaceAll('%system%', SYSTEM);
  try {
    return new RegExp(expanded, 'u');
  } catch {
    try {
      // POSIX patterns may hold escapes that Unicode mode refuses.
      return new RegExp(expanded);
    } catch (error) {
      const reason = nodeSays(error);
      throw new SnapdirError('INVALID_ARGUMENT', { argument: '--exclude', reason });
    }
  }
}
