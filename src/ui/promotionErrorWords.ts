import * as vscode from 'vscode';
import { shortId } from '../core/ids';
import type {
  PromotionErrorCode,
  PromotionErrorData,
  Unreadable,
} from '../core/promotion/promotionErrors';
import { IN_MESSAGE } from '../core/promotion/secretDetails';
import type { GitProblem } from '../core/reasons';
import { GIT_STORE } from '../core/storageMode';
import { causeWords } from './causeWords';
import { secretPlace } from './remotes/storeWords';
import { visible as v } from './text/displayText';

const { t } = vscode.l10n;

/** As the table of all words has them; written out, since that table imports this one. */
interface Words {
  message: string;
  actions?: ('settings' | 'showLog')[];
}

/** Why it cannot be told what a name stands for. */
export function unreadableWords(why: Unreadable): string {
  const words: Record<Unreadable, string> = {
    newer: t('a newer version of Snapdir wrote it'),
    denied: t('the keys do not allow it, as with what another account wrote'),
    archived: t('it is in an archive class'),
    damaged: t('it is no promotion, or a damaged one'),
  };
  return words[why];
}

/** What whoever wants to read it can do. */
function toRead(why: Unreadable): string {
  const words: Record<Unreadable, string> = {
    newer: t('Update Snapdir, then try again.'),
    denied: t('Ask whoever runs the store for permission to read it, or use other credentials.'),
    archived: t('Restore it there first, then try again.'),
    damaged: t('Ask whoever promoted it to do so again, with `snapdir promote --force`.'),
  };
  return words[why];
}

function notFoundWords({ store, name, known }: PromotionErrorData['PROMOTION_NOT_FOUND']): string {
  const names = known.map((one) => t('"{0}"', v(one))).join(', ');
  const words =
    known.length === 0
      ? t('The store "{0}" has no promoted snapshot "{1}"; it has none at all.', v(store), v(name))
      : t(
          'The store "{0}" has no promoted snapshot "{1}". It has: {2}.',
          ...[v(store), v(name), names],
        );
  const git = t("`git fetch origin 'refs/snapdir/*:refs/snapdir/*'` brings what others pushed.");
  return store === GIT_STORE ? `${words} ${git}` : words;
}

function gitWords(why: GitProblem): string {
  const words: Record<GitProblem, string> = {
    'no-program': t('there is no Git program; install Git, or choose another store'),
    'not-owned': t(
      'the repository belongs to another user, so Git refuses it; if you trust it, add its folder to "safe.directory" in Git\'s own settings',
    ),
  };
  return words[why];
}

/** What went wrong with promoting or fetching, and what to do about it. */
export const promotionErrorWords: {
  readonly [C in PromotionErrorCode]: (data: PromotionErrorData[C]) => Words;
} = {
  PROMOTION_CONFLICT: ({ store, name, theirs, kept }) => ({
    message: kept
      ? t(
          '"{0}" in the store "{1}" was moved by {2} at the same time, to {3}. Yours is kept beside it. Fetch theirs, or promote yours under another name.',
          v(name),
          v(store),
          v(theirs.by),
          shortId(theirs.snapshot),
        )
      : t(
          '"{0}" in the store "{1}" was moved by {2}, to {3}. Nothing was sent. Fetch theirs, or promote yours under another name.',
          v(name),
          v(store),
          v(theirs.by),
          shortId(theirs.snapshot),
        ),
  }),
  PROMOTION_NOT_FOUND: (data) => ({ message: notFoundWords(data) }),
  PROMOTION_UNREADABLE: ({ store, name, why, reading }) => ({
    message:
      reading === true
        ? t(
            'What "{0}" stands for in the store "{1}" cannot be read: {2}. {3}',
            ...[v(name), v(store), unreadableWords(why), toRead(why)],
          )
        : t(
            'What "{0}" stands for in the store "{1}" cannot be read: {2}. Promoting to this name asks whether to move it all the same.',
            ...[v(name), v(store), unreadableWords(why)],
          ),
  }),
  SECRETS_FOUND: ({ store, count, found }) => ({
    message: t(
      'Nothing was sent to "{0}": {1} thing(s) look like they hold secrets, {2} among them. Leave them out, or confirm that they may be sent.',
      v(store),
      count,
      secretPlace(found[0]?.path ?? IN_MESSAGE),
    ),
  }),
  STORE_NAME_UNKNOWN: ({ name }) => ({
    message: t('No store is called "{0}". Add it first.', v(name)),
    actions: ['settings'],
  }),
  GIT_UNAVAILABLE: ({ path, reason, why }) => ({
    message:
      why === undefined
        ? t(
            'The Git store of "{0}" cannot be used: {1}. Run `git init` there, or choose another store.',
            v(path),
            causeWords(reason),
          )
        : t('The Git store of "{0}" cannot be used: {1}.', v(path), gitWords(why)),
  }),
  GIT_FAILED: ({ operation, reason }) => ({
    message: t(
      'Git could not do "{0}": {1}. `git fsck` checks the repository.',
      v(operation),
      causeWords(reason),
    ),
    actions: ['showLog'],
  }),
};
