import { shortId } from '../core/ids';
import type {
  PromotionErrorCode,
  PromotionErrorData,
  PromotionSummary,
  Unreadable,
} from '../core/promotion/promotionErrors';
import { IN_MESSAGE } from '../core/promotion/secretDetails';
import type { SecretKind } from '../core/promotion/secrets';
import { GIT_STORE } from '../core/storageMode';
import { causeWords } from './causeWords';
import { displayName as d } from './escape';

type Words = { readonly [C in PromotionErrorCode]: (data: PromotionErrorData[C]) => string };

const summary = ({ snapshot, by, at, message }: PromotionSummary): string =>
  `${shortId(snapshot)}${message === '' ? '' : ` (${d(message.slice(0, 80))})`} by ${d(by)} at ${new Date(at).toISOString()}`;

/** What a file seems to hold. */
export const secretWords: Readonly<Record<SecretKind, string>> = {
  'env-file': 'environment file',
  'private-key-file': 'private key file',
  'key-store': 'key store',
  'credentials-file': 'credentials file',
  'secret-copy': 'a copy of one of these',
  'private-key': 'private key',
  'docker-login': 'login to a container registry',
  'kubernetes-login': 'login to a Kubernetes cluster',
  'aws-key': 'AWS access key',
  'github-token': 'GitHub token',
  'gitlab-token': 'GitLab token',
  'slack-token': 'Slack token',
  'google-key': 'Google key',
  'stripe-key': 'Stripe key',
  'service-token': 'key or token of an online service',
  'azure-key': 'Azure key',
  'npm-token': 'npm token',
  'json-web-token': 'JSON web token',
  'password-in-url': 'password in a URL',
  'assigned-secret': 'password or token',
};

/** What brings promotions into a clone: Git alone leaves them where they are. */
export const FETCH_REFS =
  '"git fetch origin \'refs/snapdir/*:refs/snapdir/*\'" brings what others pushed.';
const UNREADABLE: Readonly<Record<Unreadable, string>> = {
  newer: 'a newer version of Snapdir wrote it',
  denied: 'the keys do not allow it, as with what another account wrote',
  archived: 'it is in an archive class',
  damaged: 'it is no promotion, or a damaged one',
};

const TO_READ: Readonly<Record<Unreadable, string>> = {
  newer: 'Update Snapdir, then try again.',
  denied: 'Ask whoever runs the store for permission to read it, or use other keys.',
  archived: 'Restore it there first, then try again.',
  damaged: 'Ask whoever promoted it to do so again, with "snapdir promote" and --force.',
};

/** Why it cannot be told what a name stands for. */
export const unreadableWords = (why: Unreadable): string => UNREADABLE[why];

/** What went wrong with promoting or fetching, and what to do about it. */
export const promotionErrorWords: Words = {
  PROMOTION_CONFLICT: ({ store, name, mine, theirs, kept }) =>
    `${d(name)} in store ${d(store)} stands for ${summary(theirs)}. ${
      kept
        ? `Yours, ${summary(mine)}, came at the same time; it is kept in the name's journal.`
        : `Yours, ${summary(mine)}, was not sent.`
    } "snapdir fetch ${d(name)} --from ${d(store)}" brings theirs to look at; then promote again, or under another name${kept ? `: with --instead-of ${d(name)} yours lies aside no more` : ''}.`,
  PROMOTION_NOT_FOUND: ({ store, name, known }) =>
    `Store ${d(store)} has no promoted snapshot ${d(name)}. ${known.length === 0 ? 'It has none at all.' : `It has: ${known.map(d).join(', ')}.`}${store === GIT_STORE ? ` ${FETCH_REFS}` : ''}`,
  PROMOTION_UNREADABLE: ({ store, name, why, reading }) =>
    `What ${d(name)} stands for in store ${d(store)} cannot be read: ${UNREADABLE[why]}. ${
      reading === true
        ? TO_READ[why]
        : 'Promote under another name; "snapdir promote" with --force moves this one all the same.'
    }`,
  SECRETS_FOUND: ({ store, count, found }) =>
    [
      `Nothing was sent to ${d(store)}: ${count === 1 ? 'something looks' : `${count} things look`} like ${count === 1 ? 'it holds' : 'they hold'} secrets:`,
      ...found.map(
        ({ path, kind }) =>
          `  ${path === IN_MESSAGE ? 'the message of the snapshot' : d(path)}: ${secretWords[kind]}`,
      ),
      ...(count > found.length ? [`  and ${count - found.length} more`] : []),
      '--leave-out-secrets promotes the snapshot without them; --allow-secrets sends them, and remembers that you looked.',
    ].join('\n'),
  STORE_NAME_UNKNOWN: ({ name, known }) =>
    `No store is called ${d(name)}. ${known.length === 0 ? 'There is none yet.' : `Known: ${known.map(d).join(', ')}.`} "snapdir remote add NAME URL" adds one; a URL works as well.`,
  GIT_UNAVAILABLE: ({ path, reason, why }) => {
    switch (why) {
      case 'no-program':
        return `The Git store of ${d(path)} cannot be used: there is no Git program. Install Git, or choose another store.`;
      case 'not-owned':
        return `The Git store of ${d(path)} cannot be used: the repository belongs to another user, so Git refuses it. If you trust it, run "git config --global --add safe.directory" with its folder, or choose another store.`;
      default:
        return `The Git store of ${d(path)} cannot be used: ${causeWords(reason)}. Run "git init" there, or choose another store.`;
    }
  },
  GIT_FAILED: ({ operation, reason }) =>
    `Git could not do ${d(operation)}: ${causeWords(reason)}. "git fsck" checks the repository.`,
};
