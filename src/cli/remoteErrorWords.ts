import type { ErrorCode, ErrorData } from '../core/errors';
import { causeWords, certificateWords } from './causeWords';
import { displayName as d } from './escape';

type RemoteCode = Extract<ErrorCode, `REMOTE_${string}`>;
type RemoteWords = { readonly [C in RemoteCode]: (data: ErrorData[C]) => string };

const UNREACHABLE = {
  refused: 'nothing accepts connections there',
  name: 'its name is not known',
  network: 'the network does not reach it',
} as const;

const credentialWords = {
  REMOTE_NO_CREDENTIALS: ({ store, host }) =>
    `There are no keys for store ${d(store)} (${d(host)}). Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile of ~/.aws.`,
  REMOTE_PROFILE_NOT_FOUND: ({ store, profile, known }) =>
    `Store ${d(store)} uses AWS profile ${d(profile)}, which is not in ~/.aws/config or ~/.aws/credentials. ${known.length === 0 ? 'There are no profiles; "aws configure" makes one.' : `Known: ${known.map(d).join(', ')}.`}`,
  REMOTE_SIGN_IN: ({ store, profile }) =>
    `Nobody is signed in for store ${d(store)}. Run "aws sso login${profile === '' ? '' : ` --profile ${d(profile)}`}" and try again.`,
  REMOTE_CREDENTIALS_FAILED: ({ store, reason }) =>
    `The keys for store ${d(store)} could not be read: ${causeWords(reason)}. Check the profile in ~/.aws/config.`,
  REMOTE_SESSION_EXPIRED: ({ store, host }) =>
    `The temporary keys for store ${d(store)} (${d(host)}) have expired. Get new ones (sign in again) and try again.`,
  REMOTE_WRONG_SECRET: ({ store, host }) =>
    `The secret key for store ${d(store)} does not belong to its key id, says ${d(host)}. Enter both again.`,
  REMOTE_UNKNOWN_KEY: ({ store, host }) =>
    `${d(host)} does not know the key id for store ${d(store)}. Check that key and endpoint belong together.`,
  REMOTE_DENIED: ({ store, bucket, permission }) =>
    `The keys for store ${d(store)} do not allow ${permission} on ${d(bucket)}. Ask whoever runs it for this permission; docs/remote-stores.md lists all that are needed.`,
} satisfies Partial<RemoteWords>;

const placeWords = {
  REMOTE_BUCKET_NOT_FOUND: ({ store, host, bucket }) =>
    `There is no bucket ${d(bucket)} at ${d(host)} (store ${d(store)}). Check its name and the endpoint; Snapdir does not create buckets.`,
  REMOTE_FOLDER_NOT_FOUND: ({ store, path }) =>
    `There is no folder ${d(path)} (store ${d(store)}). Check the path, and that its disk is mounted. If the store is new, "snapdir remote test" with its name or URL makes its folder, but none above it.`,
  REMOTE_WORKING_STORE: ({ store, path }) =>
    `${d(path)} (store ${d(store)}) is where Snapdir keeps the snapshots of a folder while it works, and "snapdir gc" would take away what is promoted there. Nothing was sent. Name a folder elsewhere, as file:///folder.`,
  REMOTE_WRONG_REGION: ({ store, bucket, used, region }) =>
    `Bucket ${d(bucket)} of store ${d(store)} is not in region ${d(used)}${region === undefined ? '' : `, but in ${d(region)}`}. Set the store's region${region === undefined ? ' to where it is' : ` to ${d(region)}`}.`,
  REMOTE_URL_INVALID: ({ url, reason, store }) =>
    `${d(url)} is not the URL of a store${store === undefined || store === 'url' ? '' : ` (${d(store)})`}: ${causeWords(reason)}. Write it as s3://bucket/prefix or file:///folder.`,
  REMOTE_ENDPOINT_INVALID: ({ store, endpoint, reason, from }) =>
    `The endpoint ${d(endpoint)} of store ${d(store)} is not valid: ${causeWords(reason)}. Correct it in ${
      from === undefined
        ? "the store's settings"
        : 'variable' in from
          ? `the variable ${from.variable}`
          : `the AWS profile ${d(from.profile)}`
    }.`,
  REMOTE_INSECURE: ({ store, endpoint }) =>
    `The endpoint ${d(endpoint)} of store ${d(store)} does not encrypt: what is sent can be read on the way. Write https://, or add the store with --set allowInsecure=true.`,
  REMOTE_NOT_S3: ({ store, host, reason }) =>
    `${d(host === '' ? store : host)} answers, but not as an S3 store does: ${causeWords(reason)}. Check the endpoint, and whether a sign-in page or proxy is in between.`,
} satisfies Partial<RemoteWords>;

const networkWords = {
  REMOTE_CLOCK_SKEW: ({ store, host, minutes }) =>
    `The clock of this machine${minutes === undefined ? ' is wrong' : ` is ${Math.abs(minutes)} minutes ${minutes > 0 ? 'ahead' : 'behind'}`}, says ${d(host)} (store ${d(store)}). Set the clock and try again.`,
  REMOTE_UNREACHABLE: ({ store, host, reason }) =>
    `Store ${d(store)} cannot be reached at ${d(host)}: ${UNREACHABLE[reason]}. Check the endpoint and the network.`,
  REMOTE_TIMEOUT: ({ store, host, seconds }) =>
    `${d(host)} (store ${d(store)}) did not answer in ${seconds} seconds. Try again later, or check the network.`,
  REMOTE_CONNECTION_LOST: ({ store, host, tryTls }) =>
    `The connection to ${d(host)} (store ${d(store)}) broke. Try again${tryTls ? '; if it never works, the endpoint may need https://' : ''}.`,
  REMOTE_NOT_TLS: ({ store, host }) =>
    `${d(host)} (store ${d(store)}) does not encrypt, but its endpoint begins with https://. Check the address and the port first: something else may answer there. Only a store that is known to have no TLS, in a network of your own, is added with http:// and allowInsecure.`,
  REMOTE_TLS_FAILED: ({ store, host, reason }) =>
    `The TLS handshake with ${d(host)} (store ${d(store)}) failed; the TLS library says: ${d(reason)}. The server may want a client certificate, which Snapdir does not send, or an older version of TLS. Check the endpoint, and ask whoever runs the store.`,
  REMOTE_CERTIFICATE: ({ store, host, reason }) =>
    `The certificate of ${d(host)} (store ${d(store)}) is not trusted: ${certificateWords(reason)}. If it is of your own authority, name its file as caFile.`,
  REMOTE_CA_FILE: ({ store, path, reason }) =>
    `The caFile ${d(path)} of store ${d(store)} cannot be used: ${causeWords(reason)}. It must hold certificates as PEM text.`,
  REMOTE_PROXY: ({ host, status }) =>
    `A proxy on the way to ${d(host)} refused${status === undefined ? '' : ` (${status})`}. Check HTTPS_PROXY and its user and password, or add the host to NO_PROXY.`,
  REMOTE_SLOW_DOWN: ({ store, host }) =>
    `${d(host)} (store ${d(store)}) keeps asking to slow down. Try again later; what was sent is kept.`,
} satisfies Partial<RemoteWords>;

const contentWords = {
  REMOTE_KEY_NOT_FOUND: ({ store, key }) =>
    `Store ${d(store)} has no ${d(key)}. Somebody may have deleted it. Where the snapshot is whole, "snapdir promote" it again with --force: everything is sent anew.`,
  REMOTE_TRUNCATED: ({ store, key, expected, actual }) =>
    `Of ${d(key)} in store ${d(store)} only ${actual} of ${expected} bytes came. Nothing was taken from it; try again.`,
  REMOTE_INTEGRITY: ({ store, key }) =>
    `${d(key)} in store ${d(store)} is damaged: its bytes are not those of its name. Nothing was taken from it. Where the snapshot is whole, "snapdir promote" it again with --force: everything is sent anew.`,
  REMOTE_NO_CONDITIONS: ({ store }) =>
    `Store ${d(store)} cannot write under a condition. Add it again with --set conditionalWrites=off.`,
  REMOTE_CONFLICT: ({ store, key }) =>
    `Somebody else wrote ${d(key)} in store ${d(store)} first. Fetch what they wrote, then try again.`,
  REMOTE_ARCHIVED: ({ store, key }) =>
    `${d(key)} of store ${d(store)} is in an archive class. Restore it there first, then try again.`,
  REMOTE_READ_ONLY: ({ store, disk }) =>
    disk === true
      ? `Store ${d(store)} is on a disk that can only be read. Mount it for writing, or choose another store.`
      : `Store ${d(store)} can only be read. Change "readOnly" in its settings, or choose another store.`,
  REMOTE_FULL: ({ store }) =>
    `Store ${d(store)} is full, or a quota is used up. Ask whoever runs it for more; what was sent is kept.`,
  REMOTE_FAILED: ({ store, operation, reason, status }) =>
    `Store ${d(store)} could not do ${operation}: ${causeWords(reason)}${status === undefined ? '' : ` (${status})`}. Try again, or ask whoever runs it.`,
} satisfies Partial<RemoteWords>;

/** What went wrong with a permanent store, and what to do about it. */
export const remoteErrorWords: RemoteWords = {
  ...credentialWords,
  ...placeWords,
  ...networkWords,
  ...contentWords,
};
