// Names of files that hold keys (H62).
import type { RelPath } from '../tree';
import type { SecretKind } from './promotionErrors';

const PATHS: readonly (readonly [SecretKind, RegExp])[] = [
  ['env-file', /^\.env([._-][\w.-]*)?$/i],
  [
    'env-file',
    /^[\w.-]+\.env(\.(local|dev(elopment)?|prod(uction)?|stag(e|ing)|tests?|secrets?))?$/i,
  ],
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
  [
    'credentials-file',
    /^\.?(?:ansible[._-]?)?vault[._-]?pass(?:w(?:or)?d)?(?:[._-]?file)?(?:\.txt)?$/i,
  ],
  ['credentials-file', /^(.*\.tfvars(\.json)?|.*\.tfstate|secrets?\.(ya?ml|json|toml))$/i],
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

const nameOf = (path: RelPath): string => path.slice(path.lastIndexOf('/') + 1).replace(COPY, '');

const isShown = (name: string): boolean => SAMPLE.test(name) || isPublic(name);

/** Whether a file's name says that everybody may see it: an example, a certificate, a public key. */
export const isShownPath = (path: RelPath): boolean => isShown(nameOf(path));

/** Whether a file's name says that it holds a secret. */
export function secretPath(path: RelPath): SecretKind | undefined {
  const name = nameOf(path);
  return isShown(name) ? undefined : PATHS.find(([, pattern]) => pattern.test(name))?.[0];
}
