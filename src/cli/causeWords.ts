import type { Cause, Causes, CertificateProblem } from '../core/causes';
import { displayName as d, displayText } from './escape';

type WordsOf<M> = { readonly [C in keyof M]: (of: M[C]) => string };

const list = (words: readonly string[]): string => words.map(d).join(', ');

const urlWords = {
  'write-address': () => 'write s3://bucket/prefix or https://host/bucket/prefix',
  'url-shape': () => 'it must look like s3://bucket/prefix or file:///folder',
  's3-shape': () => 'it must look like s3://bucket/prefix',
  'web-shape': () => 'it must be https://host/bucket/prefix, without ? or #',
  'aws-shape': () => 'for AWS write s3://bucket/prefix',
  'url-scheme': () => 'only s3://, b2://, gs:// and file:// can be used',
  'full-path': () => 'it must name a folder by its full path',
  'keys-come-later': () => 'keys do not belong into it',
  'keys-in-url': () =>
    'keys do not belong into it; AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile, give them',
  'query-in-url': () => 'it takes no ? or #: endpoint and region are settings of their own',
  'bucket-missing': () => 'the bucket is missing: https://host/bucket/prefix',
  'bucket-letters': () => 'the bucket must have 3 to 255 letters, digits, dots or hyphens',
  'bucket-refused': ({ host }) => `${d(host)} takes no bucket of this name`,
  'prefix-parts': () =>
    'the prefix must not hold "." or ".." as a part, nor more than 200 characters',
  'bad-percent': () => 'a % in it begins no character; write s3://bucket/prefix instead',
  'region-in-url': () =>
    'B2 needs the region as well: https://s3.REGION.backblazeb2.com/bucket/prefix',
  'region-missing': () => 'b2:// needs the region of the bucket as well, for example us-west-004',
  'other-machine': () => 'it is on another machine',
  'endpoint-keys': () => 'it must not hold a user or keys',
  'endpoint-scheme': () => 'it must begin with https://',
  'endpoint-shape': () => 'it must be https://host or https://host:port, with nothing behind it',
} satisfies Partial<WordsOf<Causes>>;

const keyWords = {
  'token-leads-nowhere': () => 'AWS_WEB_IDENTITY_TOKEN_FILE or AWS_ROLE_ARN leads to none',
  'role-not-given': () =>
    'single sign-on does not give the role of the profile to whoever is signed in',
  'role-refused': () => 'AWS does not let them take the role',
  'service-refused': ({ host, answer, status }) =>
    `${d(host)} refused and says: ${d(answer)} (${status})`,
  'no-login': ({ profile }) => `nobody is signed in; run "aws login --profile ${d(profile)}"`,
  'source-missing': ({ profile, source }) =>
    `the profile ${d(source)}, which ${d(profile)} names as its source, is not there`,
  'profile-incomplete': ({ profile }) =>
    `the profile ${d(profile)} does not say all that signing in needs`,
  'profile-device': ({ profile }) =>
    `the profile ${d(profile)} needs a code of a device, which cannot be entered here`,
  'profile-file': ({ profile }) => `a file that the profile ${d(profile)} names cannot be read`,
  'profile-empty': ({ profile }) => `the profile ${d(profile)} gives none`,
  'program-failed': () => 'the program that credential_process names failed',
} satisfies Partial<WordsOf<Causes>>;

const storeWords = {
  'file-unreadable': () => 'it cannot be read',
  'no-certificates': () => 'it holds no certificates',
  'web-page': () => 'it answers with a web page',
  'sign-in-page': () => 'a proxy or sign-in page answered in its place',
  'no-upload-number': () => 'it gives no upload a number',
  'silent-part': () => 'it took a part without a word',
  'silent-content': () => 'it takes content without a word about it',
  'no-listing': () => 'it answers with a page that is no listing',
  'no-object-page': () => 'it answers with a page that is no object',
  'no-size': () => 'it says nothing of the size of what it holds',
  'other-bytes': () => 'it answered with other bytes than were written',
  'never-written': () => 'it has what nobody wrote',
  answered: ({ answer }) => d(answer),
  'not-told': () => 'it did not say why',
  'host-trouble': ({ host }) => `${d(host)} is in trouble`,
  'promoted-stays': () => 'what was promoted stays; "git update-ref -d" takes a promotion away',
} satisfies Partial<WordsOf<Causes>>;

const argumentWords = {
  'too-many-characters': ({ most }) => `it is longer than ${most} characters`,
  'no-count': () => 'it is not a whole number, 0 or more',
  'whole-number': () => 'it must be a whole number',
  'number-between': ({ least, most }) => `it must be a whole number from ${least} to ${most}`,
  'no-text': () => 'it must be text',
  'no-flag': () => 'it must be true or false',
  'one-of': ({ words }) => `it must be one of ${list(words)}`,
  'no-object': () => 'it must be an object with a "url"',
  'unknown-setting': ({ known }) => `there is no such setting; known: ${list(known)}`,
  'stored-keys': () => 'the command keeps no keys; chain, profile or anonymous can be used',
  'has-names': ({ refs }) => `it is promoted as ${list(refs)}; delete the name first`,
  'yours-already': () => 'this store is yours already',
  'nothing-named': () => 'name what is to be forgotten',
  'whole-folder': () => 'the whole folder cannot be forgotten; delete its snapshots',
  'no-home': () => 'there is no place to keep it; SNAPDIR_HOME names a folder',
  'no-snapshot': ({ rev }) => `"${displayText(rev)}" is no snapshot`,
  'only-snapshots': () => 'only a snapshot can be promoted; take one first',
  'no-full-path': () => 'it is not an absolute path',
  'too-large-to-open': () => 'it is larger than 2 GiB',
  'too-large-a-file': () => 'too much for one file; name fewer snapshots',
  'wrong-length': ({ bytes, expected }) => `${bytes} bytes instead of ${expected}`,
  'wrong-piece': ({ at, expected }) => `a piece at ${at} instead of ${expected}`,
  'too-large-a-message': ({ most }) => `more than ${most} bytes in one message`,
} satisfies Partial<WordsOf<Causes>>;

const words: WordsOf<Causes> = {
  ...urlWords,
  ...keyWords,
  ...storeWords,
  ...argumentWords,
  said: ({ by, words: own }) => `${by} says: ${displayText(own)}`,
  exit: ({ code }) => `exit code ${code}`,
  ended: () => 'it was ended',
  'store-closed': () => 'its store is closed',
  status: ({ code }) => `exit status ${displayText(code)}`,
  'ended-early': () => 'it ended before it answered',
};

/** Why something was refused or failed. */
export const causeWords = (cause: Cause): string =>
  (words[cause.is] as (of: Cause) => string)(cause);

/** Why a certificate is not trusted. */
export function certificateWords(reason: CertificateProblem): string {
  const unknown = 'nothing that this machine trusts has signed it';
  const why: Record<CertificateProblem, string> = {
    DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
    SELF_SIGNED_CERT_IN_CHAIN: unknown,
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknown,
    UNABLE_TO_GET_ISSUER_CERT: unknown,
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknown,
    CERT_UNTRUSTED: unknown,
    CERT_HAS_EXPIRED: 'it has expired',
    CERT_NOT_YET_VALID: 'it is not valid yet',
    ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another host',
  };
  return `${why[reason]} (${reason})`;
}
