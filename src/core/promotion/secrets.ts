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
  ['env-file', /^\.env(\.[\w-]+)*$/i],
  ['env-file', /^[\w-]+\.env$/i],
  ['private-key-file', /^id_(rsa|dsa|ecdsa|ed25519)(_\w+)?$/],
  ['private-key-file', /\.(pem|key|ppk)$/i],
  ['key-store', /\.(p12|pfx|jks|keystore|kdbx)$/i],
  ['credentials-file', /^(\.netrc|_netrc|\.pgpass|\.htpasswd|\.git-credentials|\.pypirc)$/],
  [
    'credentials-file',
    /^(credentials|credentials\.json|client_secret.*\.json|service-account.*\.json)$/i,
  ],
  ['credentials-file', /^(terraform\.tfvars|.*\.tfstate|secrets?\.(ya?ml|json|toml))$/i],
];
/** Made to be shown. */
const SAMPLE = /\.(example|sample|template|dist|tpl|defaults?)$/i;
/** Keys that everybody may know. */
const PUBLIC = /(\.pub|public|cert|chain|ca)[\w-]*\.(pem|key)$/i;

/** Whether a file's name says that it holds a secret. */
export function secretPath(path: RelPath): SecretKind | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (SAMPLE.test(name) || PUBLIC.test(name)) {
    return undefined;
  }
  return PATHS.find(([, pattern]) => pattern.test(name))?.[0];
}

const CONTENTS: readonly (readonly [SecretKind, RegExp])[] = [
  ['private-key', /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/],
  ['private-key', /PuTTY-User-Key-File-\d/],
  ['aws-key', /(?:^|[^A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/],
  ['github-token', /(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60})/],
  ['gitlab-token', /glpat-[A-Za-z0-9_-]{20}/],
  ['slack-token', /xox[abposr]-[A-Za-z0-9-]{10}|hooks\.slack\.com\/services\/T[A-Z0-9]{6}/],
  ['google-key', /AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{20}/],
  ['stripe-key', /(?:sk|rk)_live_[A-Za-z0-9]{16}/],
  ['npm-token', /npm_[A-Za-z0-9]{36}|:_authToken\s*=\s*["']?(?!\$\{)[^\s"']{8}/],
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
  for (const [kind, pattern] of CONTENTS) {
    if (!kinds.has(kind) && pattern.test(text)) {
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
