import { throwIfCancelled } from '../../base/abort';
import { unshard } from '../../core/storeLayout';
import { quietControl, type Control, type EngineEnv } from '../context';
import type { Stat } from '../disk/fs';
import { errnoOf, io } from '../disk/fsErrors';
import type { Store } from './storeRoot';
import type { ContentKind } from './trash';

/** One stored object or manifest, found by walking the layout. */
export interface Content {
  hex: string;
  path: string;
  stat: Stat;
}

/**
 * Walks `.objects` or `.manifests`. Only names of the layout count; everything else that lies there
 * is left alone, never listed and never deleted (H53, H59).
 */
export function* walkContents(
  env: EngineEnv,
  store: Store,
  kind: ContentKind,
  control: Control,
): Generator<Content> {
  for (const { hex, path } of walk(env, store[kind], [], control)) {
    const stat = env.fs.lstat(path);
    if (stat?.kind === 'file') {
      yield { hex, path, stat };
    }
  }
}

/** As {@link walkContents}, only what lies below one of the first folders (three hex digits). */
export function* walkShard(
  env: EngineEnv,
  store: Store,
  kind: ContentKind,
  shard: string,
): Generator<Content> {
  const top = `${store[kind]}/${shard}`;
  if (env.fs.lstat(top)?.kind !== 'dir') {
    return;
  }
  for (const { hex, path } of walk(env, top, [shard], quietControl)) {
    const stat = env.fs.lstat(path);
    if (stat?.kind === 'file') {
      yield { hex, path, stat };
    }
  }
}

/** As {@link walkContents}, without a look at the files themselves. */
export function walkAddresses(
  env: EngineEnv,
  store: Store,
  kind: ContentKind,
  control: Control,
): Generator<Omit<Content, 'stat'>> {
  return walk(env, store[kind], [], control);
}

const SHARD = /^[0-9a-f]{3}$/;

function* walk(
  env: EngineEnv,
  dir: string,
  parts: string[],
  control: Control,
): Generator<Omit<Content, 'stat'>> {
  throwIfCancelled(control.signal);
  for (const { name, kind } of list(env, dir)) {
    const path = `${dir}/${name}`;
    if (parts.length < 3) {
      if (kind === 'dir' && SHARD.test(name)) {
        yield* walk(env, path, [...parts, name], control);
      }
    } else if (kind === 'file') {
      const hex = unshard([...parts, name]);
      if (hex !== undefined) {
        yield { hex, path };
      }
    }
  }
}

/** A folder that another process removed meanwhile is empty. */
function list(env: EngineEnv, dir: string): ReturnType<EngineEnv['fs']['readdir']> {
  return io('list', dir, () => {
    try {
      return env.fs.readdir(dir);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') {
        return [];
      }
      throw error;
    }
  });
}
