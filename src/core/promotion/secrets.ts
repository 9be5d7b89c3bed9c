// What must not leave the machine unasked (H62): names of files that hold keys, and texts that look like keys.
// Findings never hold the value.
import type { RelPath } from '../tree';
import type { SecretKind } from './promotionErrors';

export type { SecretKind } from './promotionErrors';

/** One file that looks like it holds a secret. */
export interface SecretFinding {
  path: RelPath;
  checksum: string;
  kind: SecretKind;
}

const PATHS: readonly (readonly [SecretKind, RegExp])[] = [
  ['env-file', /^\.env([._-][\w.-]*)?$/i],
  ['env-file', /^[\w.-]+\.env$/i],
  ['private-key-file', /^id_(rsa|dsa|ecdsa|ed25519)([_-][\w-]*)?$/],
  ['private-key-file', /^ssh_host_\w+_key$/],
  ['private-key-file', /\.(pem|key|ppk|p8)$/i],
  ['key-store', /\.(p12|pfx|pkcs12|jks|jceks|bcfks|keystore|keytab|kdbx?|keychain(-db)?)$/i],
  [
    'credentials-file',
    /^(\.netrc|_netrc|\.pgpass|pgpass\.conf|\.my\.cnf|\.mylogin\.cnf|\.htpasswd|\.git-credentials|\.pypirc)$/,
  ],
  [
    'credentials-file',
    /^(\.dockercfg|\.dockerconfigjson|\.s3cfg|\.boto|\.passwd-s3fs|\.vault-token|rclone\.conf)$/,
  ],
  [
    'credentials-file',
    /^(credentials|credentials\.(json|toml|xml|tfrc\.json)|application_default_credentials\.json|client_secret.*\.json|service-account.*\.json)$/i,
  ],
  ['credentials-file', /^(terraform\.tfvars|.*\.tfstate|secrets?\.(ya?ml|json|toml))$/i],
];
/** What stands behind the name of a copy: the copy holds what the file held. */
const COPY = /(?:\.(?:bak|backup|old|orig|save)|~)+$/i;
/** Made to be shown. */
const SAMPLE =
  /\.(example|sample|template|dist|tpl|defaults?)$|^\.env[_-](example|sample|template|dist)$|^(example|sample|template)\.env$/i;
/** Words of a PEM file's name: for what everybody may have, and for what nobody else may. */
const PUBLIC =
  /^(?:pub|public|(?:ca|client|dsa|ec|host|my|root|rsa|server|ssl|tls|user)?certs?|certificates?|crt|(?:ca|full)?chain|(?:my|root|sub)?ca)$/;
const PRIVATE = /^priv(?:ate)?$|keys?$/;

/**
 * Whether a PEM file is one that everybody may have: a certificate or a public key. A private key often has the
 * words of its certificate in its name, so "key" outweighs them. (What it holds is looked at all the same.)
 */
function isPublic(name: string): boolean {
  if (!/\.pem$/i.test(name)) {
    return false;
  }
  const spaced = name.slice(0, -'.pem'.length).replace(/(\p{Ll})(?=\p{Lu})/gu, '$1 ');
  const text = spaced.toLowerCase().replace(/\P{L}+/gu, ' ');
  const words = text.replace(/(?<!\p{L})pub(?:lic)? ?keys?(?!\p{L})/gu, 'public').split(' ');
  return words.some((word) => PUBLIC.test(word)) && !words.some((word) => PRIVATE.test(word));
}

/** Whether a file's name says that it holds a secret. */
export function secretPath(path: RelPath): SecretKind | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(COPY, '');
  if (SAMPLE.test(name) || isPublic(name)) {
    return undefined;
  }
  return PATHS.find(([, pattern]) => pattern.test(name))?.[0];
}

/** What texts are searched for; a third one must be found, too: what says nothing by itself does so beside it. */
const CONTENTS: readonly (readonly [SecretKind, RegExp, RegExp?])[] = [
  ['private-key', /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/],
  ['private-key', /PuTTY-User-Key-File-\d/],
  // Docker, Podman: user and password in Base64.
  ['docker-login', /"auth"\s{0,80}:\s{0,80}"[A-Za-z0-9+/]{6,}={0,2}"/, /"auths"\s{0,80}:/],
  // The same as a whole in a Kubernetes secret; placeholders of templates have brackets.
  ['docker-login', /\.docker(?:configjson|cfg)["']?:\s{0,80}["']?[A-Za-z0-9+/]{24}/],
  ['kubernetes-login', /client-key-data["']?:\s{0,80}["']?[A-Za-z0-9+/]{40}/],
  [
    'kubernetes-login',
    // With a digit: `token: string` in code that reads such files is none.
    /\b(?:token|password)["']?:[ \t]{0,80}["']?(?!your|example)(?=[\w.~+/=-]{0,512}\d)[\w.~+/=-]{8,4096}(?=["'\s,}]|$)/i,
    /\bcurrent-context["']?:|\bkind["']?:[ \t]{0,80}["']?Config\b/,
  ],
  ['aws-key', /(?:^|[^A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/],
  ['github-token', /(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60})/],
  ['gitlab-token', /glpat-[A-Za-z0-9_-]{20}/],
  ['slack-token', /xox[abposr]-[A-Za-z0-9-]{10}|hooks\.slack\.com\/services\/T[A-Z0-9]{6}/],
  ['google-key', /AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{20}/],
  ['stripe-key', /(?:sk|rk)_live_[A-Za-z0-9]{16}/],
  ['npm-token', /npm_[A-Za-z0-9]{36}|:_authToken\s*=\s*["']?(?!\$\{)[^\s"']{8}/],
  // User and password in Base64.
  [
    'npm-token',
    /(?:^_auth=|\/:_(?:auth|password)[ \t]?=[ \t]?)["']?(?=[A-Za-z0-9+/]{0,512}[0-9=])[A-Za-z0-9+/]{8}/m,
  ],
  ['json-web-token', /eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10}/],
  [
    'password-in-url',
    /[a-z][a-z0-9+]{1,15}:\/\/[^\s:@/'"$<{]{1,64}:(?![$<{*])[^\s:@/'"]{6,}@[\w.-]/,
  ],
];

const ASSIGNED =
  /(?:secret|token|passw(?:or)?d|passwd|api[_-]?key|access[_-]?key|private[_-]?key|credential)[\w.-]{0,30}["']?\s{0,4}(?::=|=>|[:=])\s{0,4}["'`]?([A-Za-z0-9+/_=.~!@#%^&*-]{16,512})/gi;
const PLACEHOLDER =
  /^(?:x+|\*+|\.+)$|example|sample|dummy|changeme|change_me|placeholder|your[_-]|process\.env|undefined/i;
/** Bits a character. Words in a row come to about 3; random letters and digits of this length to more. */
const ENTROPY = 3.4;

/** Shannon entropy of a text, bits a character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) {
    counts.set(char, (counts.get(char) ?? 0) + 1);
  }
  let bits = 0;
  for (const count of counts.values()) {
    bits -= (count / text.length) * Math.log2(count / text.length);
  }
  return bits;
}

/** A name in code (`this.tokens.read`, `ACCESS_TOKEN_KEY`) is no secret: that mixes digits and letters. */
function looksRandom(value: string): boolean {
  return (
    !PLACEHOLDER.test(value) &&
    /[0-9]/.test(value) &&
    /[A-Za-z]/.test(value) &&
    entropyOf(value) >= ENTROPY
  );
}

/** Which secrets a text seems to hold, one of each kind. The text may be bytes read as Latin-1. */
export function secretsIn(text: string): SecretKind[] {
  const kinds = new Set<SecretKind>();
  for (const [kind, pattern, beside] of CONTENTS) {
    if (!kinds.has(kind) && beside?.test(text) !== false && pattern.test(text)) {
      kinds.add(kind);
    }
  }
  for (const match of text.matchAll(ASSIGNED)) {
    if (looksRandom(match[1]!)) {
      kinds.add('assigned-secret');
      break;
    }
  }
  return [...kinds];
}
