import type { Promotion } from '../../app/promoteSnapshot';
import { localName, type Fetched } from '../../app/fetchSnapshot';
import type { NotPushed } from '../../app/pushNames';
import { syncNames, type Synced } from '../../app/syncNames';
import { labelOf, type Target } from '../../app/transfer/target';
import { ownNames } from '../../core/promotion/ownNames';
import { defineCommand } from '../command';
import { displayName } from '../escape';
import { plural } from '../format';
import { describeError } from '../errorWords';
import { exitCodes, type ExitCode } from '../exitCodes';
import { toFailure } from '../failure';
import type { Output } from '../output';
import { unreadableWords } from '../promotionErrorWords';
import { pushedCode, pushedJson, tellPushed, tellUntried } from '../pushWords';
import { toOption, withTarget } from '../withTarget';
import { fetchedJson, tellFetched } from './fetch';

/** `snapdir sync` */
export const syncCommand = defineCommand({
  name: 'sync',
  synopsis: ['[--with STORE]'],
  summary: 'promote the names that are set here, and fetch what others promoted',
  details: [
    'Nobody is overtaken: a name that somebody else moved is told, and theirs is fetched as STORE/NAME. A name',
    'that stands here for an older promotion is left as it is; "snapdir pull NAME" brings the newer one into the folder.',
    'What holds secrets is told and not sent: "snapdir promote" asks about it. What was left out of a name once is left out',
    'again. The files in the folder stay as they are.',
  ],
  options: {
    with: toOption,
    'dry-run': { type: 'boolean', help: 'say what would be promoted and fetched, and do nothing' },
  },
  arguments: [0, 0],
  exit: {
    done: 'both are the same now',
    differences:
      'some names were moved by somebody else, are newer there, cannot be read or have others lie aside, or (--dry-run) there is something to do',
  },
  async run(call, values) {
    const { repository, output, context } = call;
    const { refs, fetched } = await repository.engine.timeline({ limit: 1 });
    const own = ownNames({ refs: Object.keys(refs), fetched, stores: call.remotes.names() });
    const dryRun = values['dry-run'] === true;
    return withTarget(call, values.with, async (target) => {
      const onPushed = (one: Promotion | NotPushed): void => tellPushed(output, target, one);
      const onFetched = (one: Fetched): void => tellFetched(output, target, one);
      const of = { context, onPushed, onFetched };
      const synced = await syncNames(repository, target, { own, dryRun }, of);
      tellSynced(output, target, synced, dryRun);
      output.document(syncedJson(target, synced));
      return codeOf(synced, dryRun);
    });
  },
});

function tellSynced(output: Output, target: Target, synced: Synced, dryRun: boolean): void {
  const store = displayName(labelOf(target));
  const list = (names: readonly string[]): string => names.map(displayName).join(', ');
  tellUntried(output, target, synced.pushed);
  for (const { name, error } of synced.notFetched) {
    output.note(`snapdir: ${displayName(name)}: ${describeError(error)}`);
  }
  if (dryRun && synced.push.length > 0) {
    output.print(`Would be promoted to ${store}: ${list(synced.push)}`);
  }
  if (dryRun && synced.fetch.length > 0) {
    output.print(`Would be fetched from ${store}: ${list(synced.fetch)}`);
  }
  if (synced.kept.length > 0) {
    output.note(`snapdir: ${store} is only read from; not promoted: ${list(synced.kept)}`);
  }
  for (const name of synced.behind) {
    const shown = displayName(name);
    const fetched = displayName(localName(target, name) ?? name);
    output.print(
      `${shown} is newer in ${store}; "snapdir pull ${shown} --from ${store}" brings it into the folder, and "snapdir promote ${fetched} ${shown}" lets ${shown} stand for it here, too.`,
    );
  }
  for (const { name, count } of synced.without) {
    const shown = displayName(name);
    output.print(
      `${shown} in ${store} is what it is here, but for ${plural(count, 'file')} left out before.`,
    );
  }
  for (const { name, why } of synced.unreadable) {
    output.note(`snapdir: ${displayName(name)} cannot be read: ${unreadableWords(why)}`);
  }
  // What was promoted or fetched tells of its own.
  const told = new Set([...synced.pushed.promoted, ...synced.fetched].map(({ name }) => name));
  const aside = synced.aside.filter((name) => !told.has(name));
  if (aside.length > 0) {
    output.note(
      `snapdir: others promoted at the same time lie aside: ${list(aside)}; "snapdir remote ls ${store}" shows them.`,
    );
  }
  const { push, kept, behind, fetch, notFetched, unreadable } = synced;
  if ([push, kept, behind, fetch, notFetched, unreadable].every(({ length }) => length === 0)) {
    output.print(`Nothing to promote to ${store}, and nothing to fetch.`);
  }
}

function syncedJson(target: Target, synced: Synced): object {
  const { push, kept, behind, fetch, unreadable, aside, without } = synced;
  const { pushed, fetched, notFetched } = synced;
  return {
    ...{ store: labelOf(target), push, kept, behind, fetch, unreadable, aside, without },
    ...pushedJson(target, pushed),
    fetched: fetched.map(fetchedJson),
    notFetched: notFetched.map(({ name, error }) => {
      const { code, message, data } = toFailure(error);
      return { name, code, message, data };
    }),
  };
}

function codeOf(synced: Synced, dryRun: boolean): ExitCode {
  const { push, kept, behind, fetch, unreadable, aside, pushed, notFetched } = synced;
  if (notFetched.length > 0) {
    return exitCodes.failed;
  }
  const code = pushedCode(pushed);
  const open =
    [kept, behind, unreadable, aside].some(({ length }) => length > 0) ||
    (dryRun && push.length + fetch.length > 0);
  return code === exitCodes.done && open ? exitCodes.differences : code;
}
