// What must not leave the machine unasked (H62): texts that look like keys. Findings never hold the value.
import type { RelPath } from '../tree';
import type { SecretKind } from './promotionErrors';

export type { SecretKind } from './promotionErrors';

/** One file that looks like it holds a secret. */
export interface SecretFinding {
  path: RelPath;
  checksum: string;
  kind: SecretKind;
  /** Its content shows it, and not its path alone: wherever the same content is, it is one. */
  inside: boolean;
}

/** What texts are searched for; a third one must be found, too: what says nothing by itself does so beside it. */
const CONTENTS: readonly (readonly [SecretKind, RegExp, RegExp?])[] = [
  ['private-key', /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/],
  ['private-key', /PuTTY-User-Key-File-\d/],
  ['private-key', /AGE-SECRET-KEY-1[A-Z0-9]{58}/],
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
  // Two of a kind, each with a beginning of its own, are found faster than by one.
  ['github-token', /gh[pousr]_[A-Za-z0-9]{36}/],
  ['github-token', /github_pat_[A-Za-z0-9_]{60}/],
  ['gitlab-token', /glpat-[A-Za-z0-9_-]{20}/],
  ['gitlab-token', /glrt-[A-Za-z0-9_-]{20}/],
  ['slack-token', /xox[abposr]-[A-Za-z0-9-]{10}/],
  ['slack-token', /hooks\.slack\.com\/services\/T[A-Z0-9]{6}/],
  ['google-key', /AIza[A-Za-z0-9_-]{35}/],
  ['google-key', /ya29\.[A-Za-z0-9_-]{20}/],
  ['stripe-key', /(?:sk|rk)_live_[A-Za-z0-9]{16}/],
  // Anthropic, OpenAI, Hugging Face; then PyPI, SendGrid, DigitalOcean, Vault, Databricks, Shopify, Docker, Slack's apps.
  [
    'service-token',
    /sk-(?:(?:ant|proj|svcacct|admin)-[A-Za-z0-9_-]{24}|(?<![A-Za-z0-9]sk-)[A-Za-z0-9]{48}(?![A-Za-z0-9]))/,
  ],
  ['service-token', /(?:^|[^A-Za-z0-9])hf_[A-Za-z0-9]{34}(?![A-Za-z0-9])/],
  ['service-token', /pypi-AgE[A-Za-z0-9_-]{40}/],
  ['service-token', /SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}/],
  ['service-token', /do[opr]_v1_[a-f0-9]{64}/],
  ['service-token', /hv[sbr]\.[A-Za-z0-9_-]{24}/],
  ['service-token', /dapi[a-f0-9]{32}(?![a-z0-9])/],
  ['service-token', /shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}/],
  ['service-token', /dckr_[po]at_[A-Za-z0-9_-]{27}/],
  ['service-token', /xapp-\d-[A-Z0-9]{8,16}-\d{8,16}-[a-f0-9]{32}/],
  // Discord; Telegram, looked for from its middle: digits stand everywhere.
  ['service-token', /\/api\/webhooks\/\d{17,20}\/[A-Za-z0-9_-]{60}/],
  ['service-token', /:AA(?<=(?:^|[^\d])\d{8,10}:AA)[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])/],
  // PostgreSQL, MySQL; a login by ssh.
  ['assigned-secret', /PGPASSWORD\s{0,4}[:=]\s{0,4}["']?(?![$<{*])[^\s"'$<{]{6,256}/],
  ['assigned-secret', /MYSQL_PWD\s{0,4}[:=]\s{0,4}["']?(?![$<{*])[^\s"'$<{]{6,256}/],
  ['assigned-secret', /sshpass\s{1,4}-p\s{0,4}["']?(?![$<{*])[^\s"'$<{]{6,256}/],
  ['azure-key', /AccountKey=[A-Za-z0-9+/]{86}==/],
  ['azure-key', /SharedAccessKey=[A-Za-z0-9+/]{43}=/],
  ['npm-token', /npm_[A-Za-z0-9]{36}|:_authToken\s*=\s*["']?(?!\$\{)[^\s"']{8}/],
  // User and password in Base64.
  [
    'npm-token',
    /(?:^_auth=|\/:_(?:auth|password)[ \t]?=[ \t]?)["']?(?=[A-Za-z0-9+/]{0,512}[0-9=])[A-Za-z0-9+/]{8}/m,
  ],
  // Looked for from its middle: a text of many beginnings would be gone through again from each.
  [
    'json-web-token',
    /\.eyJ(?<=eyJ[A-Za-z0-9_-]{10,4096}\.eyJ)[A-Za-z0-9_-]{10,8192}\.[A-Za-z0-9_-]{10}/,
  ],
  [
    'password-in-url',
    /:\/\/(?<=[a-z][a-z0-9+]{1,15}:\/\/)[^\s:@/'"$<{]{0,64}:(?![$<{*])[^\s:@/'"]{6,8192}@[\w.-]/,
  ],
];

/**
 * What is no secret by its form alone: what is caught must look like one, too. One pattern for all that begins with one of
 * these words, since to look for the words is what takes the time: something is assigned (`x: "…"`, `define('x', '…')`,
 * `key="x" value="…"`, `Bearer …`), as a long word or in quotes; or it is the password in a line of a netrc.
 */
const ASSIGNED =
  /(?:secret|token|passw(?:or)?d|passwd|api[_-]?key|access[_-]?key|private[_-]?key|credential|bearer)(?:[\w.-]{0,30}["']?\s{0,4}(?::=|=>|[:=]|value=|,(?<=define\(\s{0,4}["'][\w.-]{0,80}["']\s{0,4},)|(?<=bearer\s{1,4}))\s{0,4}(?:["'`]?([A-Za-z0-9+/_=.~!@#%^&*-]{16,512})|(["'])([^\s"'`$<>{}()]{8,64})\2)|\s{1,8}(?<=machine\s{1,8}[\w.-]{1,253}\s{1,8}login\s{1,8}\S{1,256}\s{1,8}password\s{1,8})(\S{6,256}))/gi;
const CURL_LOGIN =
  /curl\s(?:[^|;]{0,200}?\s)?(?:-u|--user)[ =]["']?[^\s:"'$<{]{1,64}:([^\s"'$<{]{6,256})/g;
/** Beginnings of what {@link ASSIGNED} finds. */
const PASSWORD = /^[\w.-]{0,80}passw(?:or)?d["']?\s{0,4}[:=]/i;
const DEFINED = /^[\w.-]{0,80}["']\s{0,4},/;
const BESIDE = /^[\w.-]{0,80}"\s{1,4}value=/i;
const KEY = /\bkey="[\w.:-]{0,60}$/i;
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
  return isMixed(value) && entropyOf(value) >= ENTROPY;
}

const isMixed = (value: string): boolean =>
  !PLACEHOLDER.test(value) && /[0-9]/.test(value) && /[A-Za-z]/.test(value);

/** Not what manuals have there (`mypassword1`). */
function looksChosen(value: string): boolean {
  return isMixed(value) && !/passw/i.test(value);
}

/** As rules for passwords want them: digits and letters, and of capitals, small ones and signs two at least. */
function looksMixed(value: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value));
  return kinds.length > 1 && looksChosen(value) && !VERSION.test(value);
}

const VERSION = /^[~^<>=v]{0,2}\d+\.\d/;

/** Who writes a password chose it: it may be short in quotes, where code has no names. So may a value in XML be. */
function isAssigned({
  0: all,
  1: long,
  3: short,
  4: login,
  index,
  input,
}: RegExpExecArray): boolean {
  if (login !== undefined) {
    return looksChosen(login);
  }
  const isBeside = BESIDE.test(all);
  if (isBeside && !KEY.test(input.slice(Math.max(0, index - 80), index))) {
    return false;
  }
  if (short === undefined) {
    return looksRandom(long!);
  }
  return DEFINED.test(all)
    ? looksChosen(short)
    : (isBeside || PASSWORD.test(all)) && looksMixed(short);
}

const isLogin = (match: RegExpExecArray): boolean => looksChosen(match[1]!);

/** No pattern above matches more than this many characters. */
export const SECRET_LENGTH = 16_384;

/** Where a piece stands in the text that it is of. */
interface Edges {
  first: boolean;
  last: boolean;
}

interface Pattern {
  kind: SecretKind;
  pattern: RegExp;
  beside: RegExp | undefined;
}

const searched = (pattern: RegExp): RegExp => new RegExp(pattern.source, `${pattern.flags}g`);
const PATTERNS: readonly Pattern[] = CONTENTS.map(([kind, pattern, beside]) => ({
  ...{ kind, pattern: searched(pattern) },
  beside: beside && searched(beside),
}));

/**
 * Looks for secrets in a text that comes in pieces, one after the other, of which each but the first begins with the
 * last {@link SECRET_LENGTH} characters of the one before: what is cut off by one is whole in another.
 */
export class SecretSearch {
  /** What was found, one of each kind. */
  readonly kinds = new Set<SecretKind>();
  private readonly found = new Set<RegExp>();

  add(text: string, edges: Edges): void {
    const isWhole = edges.first && edges.last;
    for (const { kind, pattern, beside } of PATTERNS) {
      if (!this.kinds.has(kind)) {
        // Either may be in another piece; where there is none, what has nothing beside it need not be looked for.
        const other = beside === undefined || this.has(beside, text, edges);
        if ((other || !isWhole) && this.has(pattern, text, edges) && other) {
          this.kinds.add(kind);
        }
      }
    }
    if (
      !this.kinds.has('assigned-secret') &&
      (hasWhole(ASSIGNED, text, edges, isAssigned) || hasWhole(CURL_LOGIN, text, edges, isLogin))
    ) {
      this.kinds.add('assigned-secret');
    }
  }

  /** Here or in a piece before. */
  private has(pattern: RegExp, text: string, edges: Edges): boolean {
    if (!this.found.has(pattern) && hasWhole(pattern, text, edges, () => true)) {
      this.found.add(pattern);
    }
    return this.found.has(pattern);
  }
}

/** Whether a pattern matches something that is not cut off: what stands at an edge may be part of something else. */
function hasWhole(
  pattern: RegExp,
  text: string,
  { first, last }: Edges,
  counts: (match: RegExpExecArray) => boolean,
): boolean {
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const isWhole = (first || match.index > 0) && (last || pattern.lastIndex < text.length);
    if (isWhole && counts(match)) {
      return true;
    }
  }
  return false;
}

/** Which secrets a text seems to hold, one of each kind. The text may be bytes read as Latin-1. */
export function secretsIn(text: string): SecretKind[] {
  const search = new SecretSearch();
  search.add(text, { first: true, last: true });
  return [...search.kinds];
}
