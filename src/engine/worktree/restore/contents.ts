import { throwIfCancelled } from '../../../base/abort';
import type { Control, EngineEnv } from '../../context';
import type { Stat } from '../../disk/fs';
import { freshHasher, ioBuffer } from '../../store/objects';
import type { NodeState } from './steps';
import { MODE_MASK } from './steps';

/** The checksum of a file's bytes as they are now. Raw errors. */
export function hashFile(env: EngineEnv, path: string, control: Control): string {
  const fd = env.fs.open(path, 'r');
  try {
    const buffer = ioBuffer();
    const hasher = freshHasher();
    for (;;) {
      throwIfCancelled(control.signal);
      const count = env.fs.read(fd, buffer, 0, buffer.length);
      if (count === 0) {
        return hasher.digest();
      }
      hasher.update(buffer, 0, count);
    }
  } finally {
    env.fs.close(fd);
  }
}

/** Whether a file or link has the content of one of these states. Modes do not count. Raw errors. */
export function hasContentOf(
  env: EngineEnv,
  at: { path: string; stat: Stat },
  states: readonly (NodeState | null)[],
  control: Control,
): boolean {
  if (at.stat.kind === 'link') {
    const target = env.fs.readlink(at.path);
    return states.some((state) => state?.kind === 'link' && state.target === target);
  }
  if (at.stat.kind !== 'file') {
    return false;
  }
  const candidates = states.filter(
    (state) => state?.kind === 'file' && state.size === at.stat.size,
  );
  if (candidates.length === 0) {
    return false;
  }
  const checksum = hashFile(env, at.path, control);
  return candidates.some((state) => state?.kind === 'file' && state.checksum === checksum);
}

/** Whether what is at a path is exactly this. Raw errors. */
export function isAt(
  env: EngineEnv,
  at: { path: string; stat: Stat | undefined },
  state: NodeState | null,
  control: Control,
): boolean {
  const { stat } = at;
  if (stat === undefined || state === null) {
    return stat === undefined && state === null;
  }
  if (stat.kind !== state.kind) {
    return false;
  }
  if (state.kind !== 'link' && (stat.mode & MODE_MASK) !== state.mode) {
    return false;
  }
  return state.kind === 'dir' || hasContentOf(env, { path: at.path, stat }, [state], control);
}
