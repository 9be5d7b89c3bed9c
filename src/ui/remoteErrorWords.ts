import * as vscode from 'vscode';
import type { ErrorCode, ErrorData } from '../core/errors';
import { causeWords, certificateWords, operationWords } from './causeWords';
import type { ErrorWords } from './errorAction';
import { visible as v } from './text/displayText';
import {
  clockWords,
  endpointWords,
  readOnlyWords,
  unreachableWords,
  workingStoreWords,
} from './unreachableWords';

const { t } = vscode.l10n;

type RemoteCode = Extract<ErrorCode, `REMOTE_${string}`>;

/** The button that has everything of a promoted snapshot sent, so that what is missing or damaged is replaced. */
export const sendAgainLabel = (): string => t('Send Everything Again');

/** What went wrong with a permanent store, and what to do about it. */
export const remoteErrorWords: { readonly [C in RemoteCode]: (data: ErrorData[C]) => ErrorWords } =
  {
    REMOTE_NO_CREDENTIALS: ({ store, host }) => ({
      message: t(
        'There are no credentials for the store "{0}" ({1}). Set them, or choose an AWS profile.',
        v(store),
        v(host),
      ),
    }),
    REMOTE_PROFILE_NOT_FOUND: ({ store, profile, known }) => ({
      message:
        known.length === 0
          ? t(
              'The store "{0}" uses the AWS profile "{1}", but this machine has no profiles. Run "aws configure", or set credentials.',
              v(store),
              v(profile),
            )
          : t(
              'The store "{0}" uses the AWS profile "{1}", which this machine does not have. It has: {2}.',
              v(store),
              v(profile),
              known.slice(0, 10).map(v).join(', '),
            ),
      actions: ['settings'],
    }),
    REMOTE_SIGN_IN: ({ store, profile }) => ({
      message:
        profile === ''
          ? t(
              'Nobody is signed in for the store "{0}". Run "aws sso login" in a terminal.',
              v(store),
            )
          : t(
              'Nobody is signed in for the store "{0}". Run "aws sso login --profile {1}" in a terminal.',
              v(store),
              v(profile),
            ),
    }),
    REMOTE_CREDENTIALS_FAILED: ({ store, reason }) => ({
      message: t(
        'The credentials for the store "{0}" could not be read: {1}. Check the AWS profile.',
        v(store),
        causeWords(reason),
      ),
      actions: ['showLog'],
    }),
    REMOTE_SESSION_EXPIRED: ({ store }) => ({
      message: t(
        'The temporary credentials for the store "{0}" have expired. Sign in again, or set new ones.',
        v(store),
      ),
    }),
    REMOTE_WRONG_SECRET: ({ store, host }) => ({
      message: t(
        'The secret key for the store "{0}" does not belong to its key id, says {1}. Set the credentials again.',
        v(store),
        v(host),
      ),
    }),
    REMOTE_UNKNOWN_KEY: ({ store, host }) => ({
      message: t(
        '{1} does not know the key id for the store "{0}". Check that credentials and endpoint belong together.',
        v(store),
        v(host),
      ),
    }),
    REMOTE_DENIED: ({ store, bucket, permission }) => ({
      message: t(
        'The credentials for the store "{0}" do not allow {1} on "{2}". Ask whoever runs it for this permission.',
        v(store),
        permission,
        v(bucket),
      ),
    }),
    REMOTE_BUCKET_NOT_FOUND: ({ store, host, bucket }) => ({
      message: t(
        'There is no bucket "{0}" at {1} (store "{2}"). Check its name and the endpoint; Snapdir does not create buckets.',
        v(bucket),
        v(host),
        v(store),
      ),
      actions: ['settings'],
    }),
    REMOTE_FOLDER_NOT_FOUND: ({ path }) => ({
      message: t(
        'The folder "{0}" of the store is not there. Check that its disk is mounted, and the path in the settings. If the store is new, "Test Store" offers to make it.',
        v(path),
      ),
      actions: ['settings'],
    }),
    REMOTE_WORKING_STORE: ({ path }) => ({
      message: workingStoreWords(v(path)),
      actions: ['settings'],
    }),
    REMOTE_WRONG_REGION: ({ bucket, used, region }) => ({
      message:
        region === undefined
          ? t(
              'The bucket "{0}" is not in the region "{1}". Set the store\'s region to where it is.',
              v(bucket),
              v(used),
            )
          : t(
              'The bucket "{0}" is not in the region "{1}", but in "{2}". Set the store\'s region to that.',
              v(bucket),
              v(used),
              v(region),
            ),
      actions: ['settings'],
    }),
    REMOTE_CLOCK_SKEW: ({ host, minutes }) => ({ message: clockWords(v(host), minutes) }),
    REMOTE_UNREACHABLE: ({ store, host, reason }) => ({
      message: unreachableWords(v(store), v(host), reason),
      actions: ['settings'],
    }),
    REMOTE_TIMEOUT: ({ store, host, seconds }) => ({
      message: t(
        '{1} (store "{0}") did not answer in {2} seconds. Try again later, or check the network.',
        v(store),
        v(host),
        seconds,
      ),
    }),
    REMOTE_CONNECTION_LOST: ({ store, host, tryTls }) => ({
      message: tryTls
        ? t(
            'The connection to {1} (store "{0}") broke. Try again; if it never works, the endpoint may need https://.',
            v(store),
            v(host),
          )
        : t('The connection to {1} (store "{0}") broke. Try again.', v(store), v(host)),
    }),
    REMOTE_NOT_TLS: ({ store, host }) => ({
      message: t(
        '{1} (store "{0}") does not encrypt, but its endpoint begins with https://. Check its address and port.',
        v(store),
        v(host),
      ),
      actions: ['settings'],
    }),
    REMOTE_TLS_FAILED: ({ store, host, reason }) => ({
      message: t(
        'The TLS handshake with {1} (store "{0}") failed; the TLS library says: {2}. The server may want a client certificate, which Snapdir does not send, or an older version of TLS. Check the endpoint, and ask whoever runs the store.',
        v(store),
        v(host),
        v(reason),
      ),
      actions: ['settings'],
    }),
    REMOTE_CERTIFICATE: ({ store, host, reason }) => ({
      message: t(
        'The certificate of {1} (store "{0}") is not trusted: {2}. If it is of your own authority, name its file in the store\'s "caFile".',
        v(store),
        v(host),
        certificateWords(reason),
      ),
      actions: ['settings'],
    }),
    REMOTE_CA_FILE: ({ store, path, reason }) => ({
      message: t(
        'The "caFile" {1} of the store "{0}" cannot be used: {2}. It must hold certificates as PEM text.',
        ...[v(store), v(path), causeWords(reason)],
      ),
      actions: ['settings'],
    }),
    REMOTE_URL_INVALID: ({ url, reason, store }) => ({
      message:
        store === undefined
          ? t('"{0}" is not the URL of a store: {1}.', v(url), causeWords(reason))
          : t(
              '"{0}" is not the URL of a store ("{2}"): {1}.',
              v(url),
              causeWords(reason),
              v(store),
            ),
      actions: ['settings'],
    }),
    REMOTE_ENDPOINT_INVALID: (data) => ({
      message: endpointWords(data),
      ...(data.from === undefined ? { actions: ['settings'] } : {}),
    }),
    REMOTE_INSECURE: ({ store, endpoint }) => ({
      message: t(
        'The endpoint "{1}" of the store "{0}" does not encrypt, so what is sent can be read on the way. Write https://, or set the store\'s "allowInsecure" to true.',
        v(store),
        v(endpoint),
      ),
      actions: ['settings'],
    }),
    REMOTE_NOT_S3: ({ store, host, reason }) => ({
      message: t(
        '{0} answers, but not as an S3 store does: {1}. Check the endpoint, and whether a sign-in page or proxy is in between.',
        v(host === '' ? store : host),
        causeWords(reason),
      ),
      actions: ['settings'],
    }),
    REMOTE_SLOW_DOWN: ({ store, host }) => ({
      message: t(
        '{1} (store "{0}") keeps asking to slow down. Try again later; what was sent is kept.',
        v(store),
        v(host),
      ),
    }),
    REMOTE_KEY_NOT_FOUND: ({ store, key }) => ({
      message: t(
        'The store "{0}" does not have {1}. Where the snapshot is whole, promote it under its name again and choose "{2}".',
        ...[v(store), v(key), sendAgainLabel()],
      ),
    }),
    REMOTE_TRUNCATED: ({ store, expected, actual }) => ({
      message: t(
        'Only {1} of {2} bytes came from the store "{0}". Nothing was taken from them; try again.',
        v(store),
        actual,
        expected,
      ),
    }),
    REMOTE_INTEGRITY: ({ store, key }) => ({
      message: t(
        '{1} in the store "{0}" is damaged and was not used. Where the snapshot is whole, promote it under its name again and choose "{2}".',
        ...[v(store), v(key), sendAgainLabel()],
      ),
      actions: ['showLog'],
    }),
    REMOTE_NO_CONDITIONS: ({ store }) => ({
      message: t(
        'The store "{0}" cannot write under a condition. Set its "conditionalWrites" to "off".',
        v(store),
      ),
      actions: ['settings'],
    }),
    REMOTE_CONFLICT: ({ store }) => ({
      message: t(
        'Somebody else wrote to the store "{0}" first. Fetch what they wrote, then try again.',
        v(store),
      ),
    }),
    REMOTE_ARCHIVED: ({ store }) => ({
      message: t(
        'The content is in an archive class of the store "{0}". Restore it there first, then try again.',
        v(store),
      ),
    }),
    REMOTE_PROXY: ({ host, status }) => ({
      message:
        status === undefined
          ? t('A proxy on the way to {0} refused. Check the setting "http.proxy".', v(host))
          : t(
              'A proxy on the way to {0} refused ({1}). Check the setting "http.proxy".',
              v(host),
              status,
            ),
    }),
    REMOTE_READ_ONLY: ({ store, disk }) => ({
      message: readOnlyWords(v(store), disk === true),
      ...(disk === true ? {} : { actions: ['settings'] }),
    }),
    REMOTE_FULL: ({ store }) => ({
      message: t(
        'The store "{0}" is full, or a quota is used up. Ask whoever runs it; what was sent is kept.',
        v(store),
      ),
    }),
    REMOTE_FAILED: ({ store, operation, reason, status }) => ({
      message: t(
        'The store "{0}" failed at {1}: {2}. Try again, or ask whoever runs it.',
        ...[v(store), operationWords(operation)],
        status === undefined ? causeWords(reason) : `${causeWords(reason)} (${status})`,
      ),
      actions: ['showLog'],
    }),
  };
