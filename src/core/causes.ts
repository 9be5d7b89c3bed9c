// Why something was refused or failed, by code, with what its words name. Words for each stand in `ui/causeWords.ts` and
// `cli/causeWords.ts`, both exhaustive: a code without words does not compile.

/** A text in the words of somebody else's program, which nobody translates. Made by {@link told} only. */
export type Told = string & { readonly told: true };

/** Takes over what a program that is not ours said. A test sees to it that no sentence of our own comes this way. */
export const theirWords = (text: string): Told => text as Told;

/** What Node says of an error that is none of ours. */
export const nodeSays = (error: unknown): { is: 'said'; by: 'Node.js'; words: Told } => ({
  ...{ is: 'said', by: 'Node.js' },
  words: theirWords(error instanceof Error ? error.message : String(error)),
});

/** Nothing but the code. */
type Alone = object;

interface SaidBy {
  /** What a program says of it, in its own words. */
  said: { by: 'Git' | 'Node.js'; words: Told };
}

/** What is wrong with the URL of a store. */
export interface UrlCauses {
  'write-address': Alone;
  'url-shape': Alone;
  's3-shape': Alone;
  'web-shape': Alone;
  'aws-shape': Alone;
  'url-scheme': Alone;
  'full-path': Alone;
  'keys-come-later': Alone;
  'keys-in-url': Alone;
  'query-in-url': Alone;
  'bucket-missing': Alone;
  'bucket-letters': Alone;
  /** Only the server can tell which names it takes. */
  'bucket-refused': { host: string };
  'prefix-parts': Alone;
  'bad-percent': Alone;
  'region-in-url': Alone;
  'region-missing': Alone;
  'other-machine': Alone;
}

/** What is wrong with an endpoint. */
export interface EndpointCauses {
  'endpoint-keys': Alone;
  'endpoint-scheme': Alone;
  'endpoint-shape': Alone;
}

/** What is wrong with a file of certificates. */
export interface CaFileCauses {
  'file-unreadable': Alone;
  'no-certificates': Alone;
}

/** Why what answers is no S3 store. */
export interface NoS3Causes {
  'web-page': Alone;
  'sign-in-page': Alone;
  'no-upload-number': Alone;
  'silent-part': Alone;
  'silent-content': Alone;
  'no-listing': Alone;
  'no-object-page': Alone;
  'no-size': Alone;
  'other-bytes': Alone;
  'never-written': Alone;
}

/** Why keys could not be had. `profile`: of `~/.aws`. */
export interface KeyCauses {
  'token-leads-nowhere': Alone;
  'role-not-given': Alone;
  'role-refused': Alone;
  /** A service's own code. */
  'service-refused': { host: string; answer: Told; status: number };
  'no-login': { profile: string };
  'source-missing': { profile: string; source: string };
  'profile-incomplete': { profile: string };
  'profile-device': { profile: string };
  'profile-file': { profile: string };
  'profile-empty': { profile: string };
  'program-failed': Alone;
}

/** Any other failure of a store. */
export interface StoreCauses {
  /** A server's own code, or the system's. */
  answered: { answer: Told };
  'not-told': Alone;
  'host-trouble': { host: string };
  'promoted-stays': Alone;
}

/** What is wrong with an argument or a setting. */
export interface ArgumentCauses extends SaidBy {
  'too-many-characters': { most: number };
  'no-count': Alone;
  'whole-number': Alone;
  'number-between': { least: number; most: number };
  'no-text': Alone;
  'no-flag': Alone;
  'one-of': { words: readonly string[] };
  'no-object': Alone;
  'unknown-setting': { known: readonly string[] };
  'stored-keys': Alone;
  'has-names': { refs: readonly string[] };
  'yours-already': Alone;
  'nothing-named': Alone;
  'whole-folder': Alone;
  'no-home': Alone;
  'no-snapshot': { rev: string };
  'only-snapshots': Alone;
  'no-full-path': Alone;
  'too-large-to-open': Alone;
  'too-large-a-file': Alone;
  'wrong-length': { bytes: number; expected: number };
  'wrong-piece': { at: number; expected: number };
  'too-large-a-message': { most: number };
}

/** Why a thread of ours is not there. */
export interface ThreadCauses extends SaidBy {
  exit: { code: number };
  ended: Alone;
  'store-closed': Alone;
}

/** Why Git did not do something. */
export interface GitCauses extends SaidBy {
  status: { code: string };
  'ended-early': Alone;
}

/** Every cause. */
export interface Causes
  extends
    UrlCauses,
    EndpointCauses,
    CaFileCauses,
    NoS3Causes,
    KeyCauses,
    StoreCauses,
    ArgumentCauses,
    ThreadCauses,
    GitCauses {}

/** One of some causes, with its details. */
export type Cause<M = Causes> = { [C in keyof M]: { is: C } & M[C] }[keyof M];

/** Why a certificate is not trusted, as Node has it. */
export const CERTIFICATE_PROBLEMS = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_UNTRUSTED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
] as const;
export type CertificateProblem = (typeof CERTIFICATE_PROBLEMS)[number];

/** What was asked of a store. */
export type StoreOperation = 'look' | 'get' | 'list' | 'put' | 'delete' | 'sign in';
