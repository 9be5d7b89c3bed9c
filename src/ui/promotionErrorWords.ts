import * as vscode from 'vscode';
import { shortId } from '../core/ids';
import type { PromotionErrorCode, PromotionErrorData } from '../core/promotion/promotionErrors';
import { IN_MESSAGE } from '../core/promotion/secretDetails';
import { secretPlace } from './remotes/storeWords';
import { visible as v } from './text/displayText';

const { t } = vscode.l10n;

/** As the table of all words has them; written out, since that table imports this one. */
interface Words {
  message: string;
  actions?: ('settings' | 'showLog')[];
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
  PROMOTION_NOT_FOUND: ({ store, name }) => ({
    message: t('The store "{0}" has no promoted snapshot "{1}".', v(store), v(name)),
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
  GIT_UNAVAILABLE: ({ path, reason }) => ({
    message: t('The Git store of "{0}" cannot be used: {1}.', v(path), v(reason)),
  }),
  GIT_FAILED: ({ operation, reason }) => ({
    message: t('Git could not do "{0}": {1}.', v(operation), v(reason)),
    actions: ['showLog'],
  }),
};
