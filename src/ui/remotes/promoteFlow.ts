import * as vscode from 'vscode';
import { notePromotion } from '../../app/notePromotion';
import {
  promoteSnapshot,
  type Promotion,
  type PromoteRequest,
  type SecretsChoice,
} from '../../app/promoteSnapshot';
import { yieldName } from '../../app/yieldName';
import { SnapdirError, type ErrorData } from '../../core/errors';
import type { Target } from '../commands/targets';
import { withProgress } from '../progress';
import { unreadableWords } from '../promotionErrorWords';
import { sendAgainLabel } from '../remoteErrorWords';
import { showError } from '../showError';
import { byteSize } from '../text/amounts';
import { visible } from '../text/displayText';
import { relativeTime } from '../text/times';
import type { Ui } from '../uiContext';
import { filesWords, locale } from '../words';
import { secretPlace, secretWords } from './storeWords';

const { t } = vscode.l10n;
const NAMED = 12;

/** What is to be promoted, to which store, under which name. */
export interface StorePromotion {
  target: Target;
  store: string;
  name: string;
  /** Everything is sent, so that what is missing or damaged in the store is replaced. */
  anew: boolean;
}

/**
 * Promotes to a permanent store: content first, then the name. What looks like a secret is asked about once; a name
 * that somebody else moved is told, with what can be done; one of which nobody can tell what it stands for is moved once a
 * person says so. Undefined: nothing was promoted.
 */
export async function promoteTo(ui: Ui, of: StorePromotion): Promise<Promotion | undefined> {
  let secrets: SecretsChoice = 'refuse';
  let force = false;
  for (;;) {
    try {
      const done = await send(ui, of, { secrets, force });
      ui.remoteSnapshots.refresh();
      const { root } = of.target.repository;
      const mayWrite =
        done.changed && done.manifest === null && (await ui.remotes.ports.isGitAvailable(root));
      tellPromoted(ui, of, done, mayWrite);
      return done;
    } catch (error) {
      if (SnapdirError.is(error, 'SECRETS_FOUND') && secrets === 'refuse') {
        const choice = await askAboutSecrets(ui, error.data);
        if (choice === undefined) {
          return undefined;
        }
        secrets = choice;
      } else if (SnapdirError.is(error, 'PROMOTION_UNREADABLE') && !force) {
        const answer = await askToMoveUnread(ui, of, error.data);
        if (answer === 'rename') {
          return promoteElsewhere(of);
        }
        if (answer === undefined) {
          return undefined;
        }
        force = true;
      } else if (SnapdirError.is(error, 'PROMOTION_CONFLICT')) {
        ui.remoteSnapshots.refresh();
        void tellConflict(ui, of, error.data);
        return undefined;
      } else {
        throw error;
      }
    }
  }
}

function send(
  ui: Ui,
  of: StorePromotion,
  choices: Pick<PromoteRequest, 'secrets' | 'force'>,
): Promise<Promotion> {
  const { repository, rev } = of.target;
  const { name, store, anew } = of;
  const request: PromoteRequest = { rev, name, anew, ...choices };
  const title = t('Promoting "{0}" to "{1}"', visible(name), visible(store));
  return withProgress(title, (context) =>
    ui.remotes.use(store, repository, (target) =>
      promoteSnapshot(repository, target, request, context),
    ),
  );
}

/** @param mayWrite whether the folder is one that may have a `snapdir.json`, and has none */
function tellPromoted(ui: Ui, of: StorePromotion, done: Promotion, mayWrite: boolean): void {
  const { target, store, name } = of;
  const { changed, sent, present } = done;
  const names = [target.words, visible(name), visible(store)] as const;
  const amounts = [sent.objects, byteSize(sent.bytes, locale())] as const;
  const words = changed
    ? present === 0
      ? t('{0} is now "{1}" in "{2}": {3} objects, {4} sent.', ...names, ...amounts)
      : t(
          '{0} is now "{1}" in "{2}": {3} objects, {4} sent; {5} were there.',
          ...[...names, ...amounts, present],
        )
    : of.anew
      ? t('Everything of "{1}" in "{2}" was sent again: {3} objects, {4}.', ...names, ...amounts)
      : sent.objects > 0
        ? t(
            '{0} was "{1}" in "{2}" already, but {3} objects were missing there. They were sent: {4}.',
            ...[...names, ...amounts],
          )
        : t('{0} was "{1}" in "{2}" already.', ...names);
  const others =
    done.aside === 0
      ? ''
      : ` ${t('Other promotions of this name that lie aside: {0}.', done.aside)}`;
  for (const path of done.leftOut) {
    ui.log.info(`Left out of "${name}", it looks like it holds a secret: ${path}`);
  }
  const all = [words, ...leftOutWords(done)].join(' ') + others;
  if (mayWrite) {
    void offerManifest(ui, all, of, done);
  } else if (done.aside > 0) {
    void ui.prompts.info(all);
  } else if (changed || of.anew) {
    void ui.notices.tell('promoted', all);
  } else {
    void offerAnew(ui, all, of);
  }
}

/** What is not in the promoted snapshot, by name: all of it is in the log. */
function leftOutWords({ leftOut, leftOutCount, messageLeftOut }: Promotion): string[] {
  const names = leftOut.slice(0, NAMED).map(visible).join(', ');
  const more = leftOutCount - Math.min(leftOut.length, NAMED);
  const files = filesWords(leftOutCount);
  const left =
    more === 0
      ? t('Left out: {0} ({1}).', files, names)
      : t('Left out: {0} ({1} and {2} more: see the log).', files, names, more);
  const message = t('The message of the snapshot was left out.');
  return [...(leftOutCount === 0 ? [] : [left]), ...(messageLeftOut ? [message] : [])];
}

/**
 * Once a folder in Git has a `snapdir.json`, every promotion is written into it; whether it is to have one, its people say.
 */
async function offerManifest(
  ui: Ui,
  words: string,
  { target }: StorePromotion,
  done: Promotion,
): Promise<void> {
  const write = t('Write to snapdir.json');
  if ((await ui.notices.tell('promoted', words, [write])) === write) {
    try {
      await notePromotion(target.repository, done);
    } catch (error) {
      await showError(ui.prompts, ui.log, write, error);
      return;
    }
    void ui.prompts.info(
      t('snapdir.json says which snapshot each promoted name stands for. Commit it to share it.'),
    );
  }
}

/** That the name stands for it says little of whether everything in the store is still as it was. */
async function offerAnew(ui: Ui, words: string, of: StorePromotion): Promise<void> {
  const { target, store, name } = of;
  const again = sendAgainLabel();
  if ((await ui.prompts.info(words, again)) === again) {
    await vscode.commands.executeCommand('snapdir.promote', {
      ...{ folder: target.repository.root, rev: target.rev, store, name, full: true },
    });
  }
}
/** Nothing was sent yet. Paths and kinds are shown, never what is in the files. */
async function askAboutSecrets(
  ui: Ui,
  { store, count, found }: ErrorData['SECRETS_FOUND'],
): Promise<SecretsChoice | undefined> {
  const [leaveOut, anyway] = [t('Leave Them Out'), t('Send Anyway')];
  const message =
    count === 1
      ? t('One thing looks like it holds a secret. Send it to "{0}"?', visible(store))
      : t('{0} things look like they hold secrets. Send them to "{1}"?', count, visible(store));
  const shown = found
    .slice(0, NAMED)
    .map(({ path, kind }) => t('{0} ({1})', secretPlace(path), secretWords(kind)));
  const more = count - shown.length;
  for (const { path, kind } of more > 0 ? found : []) {
    ui.log.info(`Not sent yet, it looks like it holds a secret: ${path} (${kind})`);
  }
  const detail = [
    ...shown,
    ...(more > 0 ? [t('and {0} more: see the log', more)] : []),
    '',
    t('Nothing was sent yet. Whoever can read the store can read what is sent, for good.'),
    t('Left out, they are not in the promoted snapshot. Your folder stays as it is.'),
  ].join('\n');
  const answer = await ui.prompts.modal(message, detail, [leaveOut, anyway]);
  return answer === leaveOut ? 'leave-out' : answer === anyway ? 'allow' : undefined;
}

const renameLabel = (): string => t('Promote Under Another Name…');

/** The same snapshot to the same store; the name is asked for. */
async function promoteElsewhere({ target, store }: StorePromotion): Promise<Promotion | undefined> {
  const { repository, rev } = target;
  return vscode.commands.executeCommand<Promotion | undefined>('snapdir.promote', {
    ...{ folder: repository.root, rev, store },
  });
}

/** Nobody can tell whose promotion it is that the name would be taken from, so it is not done without a question. */
async function askToMoveUnread(
  ui: Ui,
  { target, store, name }: StorePromotion,
  { why }: ErrorData['PROMOTION_UNREADABLE'],
): Promise<'force' | 'rename' | undefined> {
  const [anyway, rename] = [t('Promote Anyway'), renameLabel()];
  const message = t(
    'What "{0}" stands for in "{1}" cannot be read: {2}.',
    ...[visible(name), visible(store), unreadableWords(why)],
  );
  const detail = [
    t('It may be newer than {0}, and somebody may rely on it.', target.words),
    '',
    t(
      'Promoted anyway, the name no longer stands for it, and what others promoted at the same time counts as settled. Whoever relies on the name gets yours.',
    ),
    t(
      'Nothing in the store is deleted: who can read it finds it among what the name stood for before. Everything of yours is sent again.',
    ),
  ].join('\n');
  const answer = await ui.prompts.modal(message, detail, [anyway, rename]);
  return answer === anyway ? 'force' : answer === rename ? 'rename' : undefined;
}

/** Who was first, and when; theirs can be fetched, or ours get another name. Nothing of either is lost. */
async function tellConflict(
  ui: Ui,
  of: StorePromotion,
  { mine, theirs, kept }: ErrorData['PROMOTION_CONFLICT'],
): Promise<void> {
  const { target, store, name } = of;
  const who = visible(theirs.by);
  const when = relativeTime(theirs.at, ui.clock.now(), locale());
  const names = [visible(name), visible(store), who, when] as const;
  const message = kept
    ? t(
        '"{0}" in "{1}" was moved by {2} at the same time ({3}). Yours is kept beside it.',
        ...names,
      )
    : t('"{0}" in "{1}" was moved by {2} ({3}). Nothing was sent.', ...names);
  const [fetch, rename] = [t('Fetch Theirs'), renameLabel()];
  const answer = await ui.prompts.warn(message, fetch, rename);
  const { repository } = target;
  if (answer === rename) {
    const done = await promoteElsewhere(of);
    if (kept && done !== undefined && done.name !== name) {
      await settle(ui, of, { mine, theirs });
    }
  } else if (answer === fetch) {
    await vscode.commands.executeCommand('snapdir.fetch', {
      ...{ folder: repository.root, store, name },
    });
  }
}

/** What came second has a name of its own now: it is no conflict under the other one any more. */
async function settle(
  ui: Ui,
  { target, store, name }: StorePromotion,
  { mine, theirs }: Pick<ErrorData['PROMOTION_CONFLICT'], 'mine' | 'theirs'>,
): Promise<void> {
  try {
    const newNonce = (): string => ui.remotes.ports.newNonce().replaceAll('-', '').slice(0, 16);
    await ui.remotes.use(store, target.repository, (place) =>
      yieldName(place, {
        ...{ name, newNonce, by: mine.by },
        ...{ mine: mine.snapshot, theirs: theirs.snapshot },
      }),
    );
  } catch (error) {
    await showError(ui.prompts, ui.log, renameLabel(), error);
  }
  ui.remoteSnapshots.refresh();
}
