import type { EngineMethods, RestoreToParams } from '../../../core/engine';
import { checkRelPath, inScope } from '../../../core/paths';
import type { Tree } from '../../../core/tree';
import type { Control, EngineEnv } from '../../context';
import type { Store } from '../../store/storeRoot';
import { scriptJudge } from './foreignScripts';
import { findSource, type Source } from './intent';
import { findRunnable, NOTHING_WITHHELD, type Withheld } from './withhold';

type Wanted = Pick<RestoreToParams, 'paths' | 'bring' | 'overwrite'>;

/** What of a snapshot stays away from another place, as far as it was asked for. @throws IO, AbortError */
export function withheldOf(
  env: EngineEnv,
  store: Store,
  source: Pick<Source, 'elsewhere' | 'checkpoint'> & { tree: Tree },
  { paths, bring, overwrite }: Wanted,
  control: Control,
): Withheld {
  if (!source.elsewhere) {
    return NOTHING_WITHHELD;
  }
  // What is there to be overwritten may be anything.
  const judge = scriptJudge(env, store, overwrite === true ? undefined : null, control);
  const scope = paths ?? source.checkpoint?.scope ?? null;
  const wanted = [...(paths ?? []), ...(bring ?? [])];
  const brings = (file: Tree['entries'][number]): boolean =>
    inScope(file.path, scope) && judge(file);
  const { files, untouched } = findRunnable(source.tree, { wanted, scope, brings });
  return { files: files.filter((one) => inScope(one, scope)), untouched };
}

/**
 * What a restore to another place would leave out, and whether the snapshot came from elsewhere at all.
 * @throws REV_NOT_FOUND, REV_AMBIGUOUS, INVALID_ARGUMENT, UNSAFE_PATH, MANIFEST_NOT_FOUND, INTEGRITY, IO, AbortError
 */
export function runnableFiles(
  env: EngineEnv,
  store: Store,
  params: EngineMethods['runnableFiles']['params'],
  control: Control,
): EngineMethods['runnableFiles']['result'] {
  const source = findSource(env, store, params.rev, control);
  params.paths?.forEach((path) => checkRelPath(path));
  const { elsewhere, checkpoint } = source;
  const scope = params.paths ?? checkpoint?.scope ?? null;
  if (!elsewhere || scope?.length === 0) {
    return { elsewhere, files: [], folders: [] };
  }
  const of = { ...source, tree: source.treeIn(scope?.includes('') === true ? null : scope) };
  const { files, untouched } = withheldOf(env, store, of, params, control);
  const alone = new Set(files);
  const folders = [...untouched.keys()].filter((one) => !alone.has(one) && inScope(one, scope));
  return { elsewhere, files, folders };
}
