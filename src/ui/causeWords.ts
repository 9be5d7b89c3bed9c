import * as vscode from 'vscode';
import type { Cause, Causes, CertificateProblem, StoreOperation } from '../core/causes';
import { visible as v } from './text/displayText';

const { t } = vscode.l10n;

type WordsOf<M> = { readonly [C in keyof M]: (of: M[C]) => string };

const list = (words: readonly string[]): string => words.map(v).join(', ');

const urlWords = {
  'write-address': () => t('write s3://bucket/prefix or https://host/bucket/prefix'),
  'url-shape': () => t('it must look like s3://bucket/prefix or file:///folder'),
  's3-shape': () => t('it must look like s3://bucket/prefix'),
  'web-shape': () => t('it must be https://host/bucket/prefix, without ? or #'),
  'aws-shape': () => t('for AWS write s3://bucket/prefix'),
  'url-scheme': () => t('only s3://, b2://, gs:// and file:// can be used'),
  'full-path': () => t('it must name a folder by its full path'),
  'keys-come-later': () => t('keys do not belong into it; they are asked for later'),
  'keys-in-url': () => t('keys do not belong into it; "Set Credentials…" keeps them safely'),
  'query-in-url': () => t('it takes no ? or #: endpoint and region are settings of their own'),
  'bucket-missing': () => t('the bucket is missing: https://host/bucket/prefix'),
  'bucket-letters': () => t('the bucket must have 3 to 255 letters, digits, dots or hyphens'),
  'bucket-refused': ({ host }) => t('{0} takes no bucket of this name', v(host)),
  'prefix-parts': () =>
    t('the prefix must not hold "." or ".." as a part, nor more than 200 characters'),
  'bad-percent': () => t('a % in it begins no character; write s3://bucket/prefix instead'),
  'region-in-url': () =>
    t('B2 needs the region as well: https://s3.REGION.backblazeb2.com/bucket/prefix'),
  'region-missing': () =>
    t('b2:// needs the region of the bucket as well, for example us-west-004'),
  'other-machine': () =>
    t('it is on another machine. Give it a drive letter or mount it, then choose it there'),
  'endpoint-keys': () => t('it must not hold a user or keys'),
  'endpoint-scheme': () => t('it must begin with https://'),
  'endpoint-shape': () => t('it must be https://host or https://host:port, with nothing behind it'),
} satisfies Partial<WordsOf<Causes>>;

const keyWords = {
  'token-leads-nowhere': () =>
    t('{0} or {1} leads to none', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ROLE_ARN'),
  'role-not-given': () =>
    t('single sign-on does not give the role of the profile to whoever is signed in'),
  'role-refused': () => t('AWS does not let them take the role'),
  'service-refused': ({ host, answer, status }) =>
    t('{0} refused and says: {1} ({2})', v(host), v(answer), status),
  'no-login': ({ profile }) =>
    t('nobody is signed in; run "{0}"', `aws login --profile ${v(profile)}`),
  'source-missing': ({ profile, source }) =>
    t('the profile {0}, which {1} names as its source, is not there', v(source), v(profile)),
  'profile-incomplete': ({ profile }) =>
    t('the profile {0} does not say all that signing in needs', v(profile)),
  'profile-device': ({ profile }) =>
    t('the profile {0} needs a code of a device, which cannot be entered here', v(profile)),
  'profile-file': ({ profile }) =>
    t('a file that the profile {0} names cannot be read', v(profile)),
  'profile-empty': ({ profile }) => t('the profile {0} gives none', v(profile)),
  'program-failed': () => t('the program that {0} names failed', 'credential_process'),
} satisfies Partial<WordsOf<Causes>>;

const storeWords = {
  'file-unreadable': () => t('it cannot be read'),
  'no-certificates': () => t('it holds no certificates'),
  'web-page': () => t('it answers with a web page'),
  'sign-in-page': () => t('a proxy or sign-in page answered in its place'),
  'no-upload-number': () => t('it gives no upload a number'),
  'silent-part': () => t('it took a part without a word'),
  'silent-content': () => t('it takes content without a word about it'),
  'no-listing': () => t('it answers with a page that is no listing'),
  'no-object-page': () => t('it answers with a page that is no object'),
  'no-size': () => t('it says nothing of the size of what it holds'),
  'other-bytes': () => t('it answered with other bytes than were written'),
  'never-written': () => t('it has what nobody wrote'),
  answered: ({ answer }) => t('it answered {0}', v(answer)),
  'not-told': () => t('it did not say why'),
  'host-trouble': ({ host }) => t('{0} is in trouble', v(host)),
  'promoted-stays': () =>
    t('what was promoted stays; "{0}" takes a promotion away', 'git update-ref -d'),
} satisfies Partial<WordsOf<Causes>>;

const argumentWords = {
  'too-many-characters': ({ most }) => t('it is longer than {0} characters', most),
  'no-count': () => t('it is not a whole number, 0 or more'),
  'whole-number': () => t('it must be a whole number'),
  'number-between': ({ least, most }) =>
    t('it must be a whole number from {0} to {1}', least, most),
  'no-text': () => t('it must be text'),
  'no-flag': () => t('it must be true or false'),
  'one-of': ({ words }) => t('it must be one of {0}', list(words)),
  'no-object': () => t('it must be an object with a "{0}"', 'url'),
  'unknown-setting': ({ known }) => t('there is no such setting; known: {0}', list(known)),
  'stored-keys': () => t('the command keeps no keys; chain, profile or anonymous can be used'),
  'has-names': ({ refs }) => t('it is promoted as {0}; delete the name first', list(refs)),
  'yours-already': () => t('this store is yours already'),
  'nothing-named': () => t('name what is to be forgotten'),
  'whole-folder': () => t('the whole folder cannot be forgotten; delete its snapshots'),
  'no-home': () => t('there is no place to keep it; {0} names a folder', 'SNAPDIR_HOME'),
  'no-snapshot': ({ rev }) => t('"{0}" is no snapshot', v(rev)),
  'only-snapshots': () => t('only a snapshot can be promoted; take one first'),
  'no-full-path': () => t('it is not a full path'),
  'too-large-to-open': () => t('it is larger than 2 GiB and cannot be opened in an editor'),
  'too-large-a-file': () => t('too much for one file; name fewer snapshots'),
  'wrong-length': ({ bytes, expected }) => t('{0} bytes instead of {1}', bytes, expected),
  'wrong-piece': ({ at, expected }) => t('a piece at {0} instead of {1}', at, expected),
  'too-large-a-message': ({ most }) => t('more than {0} bytes in one message', most),
} satisfies Partial<WordsOf<Causes>>;

const words: WordsOf<Causes> = {
  ...urlWords,
  ...keyWords,
  ...storeWords,
  ...argumentWords,
  // What another program says stays as it is, and is said to be its own words.
  said: ({ by, words: own }) => t('{0} says: {1}', by, v(own)),
  exit: ({ code }) => t('exit code {0}', code),
  ended: () => t('it was ended'),
  'store-closed': () => t('its store is closed'),
  status: ({ code }) => t('exit status {0}', v(code)),
  'ended-early': () => t('it ended before it answered'),
};

/** Why something was refused or failed. */
export const causeWords = (cause: Cause): string =>
  (words[cause.is] as (of: Cause) => string)(cause);

/** Why a certificate is not trusted, with what whoever runs the store may look for. */
export function certificateWords(reason: CertificateProblem): string {
  const unknown = t('nothing that this machine trusts has signed it');
  const why: Record<CertificateProblem, string> = {
    DEPTH_ZERO_SELF_SIGNED_CERT: t('it is signed by itself'),
    SELF_SIGNED_CERT_IN_CHAIN: unknown,
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknown,
    UNABLE_TO_GET_ISSUER_CERT: unknown,
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknown,
    CERT_UNTRUSTED: unknown,
    CERT_HAS_EXPIRED: t('it has expired'),
    CERT_NOT_YET_VALID: t('it is not valid yet'),
    ERR_TLS_CERT_ALTNAME_INVALID: t('it is for another host'),
  };
  return t('{0} ({1})', why[reason], reason);
}

/** What was asked of a store. */
export function operationWords(operation: StoreOperation): string {
  const asked: Record<StoreOperation, string> = {
    look: t('looking for content'),
    get: t('reading content'),
    list: t('listing'),
    put: t('writing content'),
    delete: t('deleting'),
    'sign in': t('signing in'),
  };
  return asked[operation];
}

/** What is not valid: a setting by its name, else the thing that it is about. */
export function argumentName(argument: string): string {
  const known: Record<string, string> = {
    message: t('The message'),
    path: t('The path'),
    destination: t('The destination'),
    export: t('The export'),
    rev: t('The snapshot'),
    adopt: t('Adopt…'),
  };
  return Object.hasOwn(known, argument) ? known[argument]! : v(argument);
}
