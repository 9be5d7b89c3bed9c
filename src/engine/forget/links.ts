import { throwIfCancelled } from '../../base/abort';
import type { History } from '../../core/history';
import type { LoggedTake } from '../../core/history/log';
import { inScope } from '../../core/paths';
import type { RelPath } from '../../core/tree';
import { linksOf } from '../store/checkpointTrees';
import type { Work } from './manifests';
import { unlessUnreadable } from './survey';

/**
 * The takes, off the list or not, that have a link at one of the paths: links are in no manifest, but in the records
 * themselves, which are never changed. So a forgetting takes them out of the tree, and their targets stay in those files.
 * @throws IO, AbortError
 */
export function findLinks(work: Work, history: History, paths: readonly RelPath[]): LoggedTake[] {
  const { env, store, control } = work;
  return history.records.filter((record): record is LoggedTake => {
    throwIfCancelled(control.signal);
    if (record.kind !== 'take') {
      return false;
    }
    // What is damaged lists no links to anybody.
    const links = unlessUnreadable(() => linksOf(env, store, record.id)) ?? [];
    return links.some(({ path }) => inScope(path, paths));
  });
}
