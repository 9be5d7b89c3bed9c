import * as vscode from 'vscode';
import type { ErrorData } from '../core/errors';
import { causeWords } from './causeWords';
import { visible as v } from './text/displayText';

const { t } = vscode.l10n;

/** Why a store cannot be reached, and what to do. */
export function unreachableWords(
  store: string,
  host: string,
  reason: ErrorData['REMOTE_UNREACHABLE']['reason'],
): string {
  switch (reason) {
    case 'refused':
      return t(
        'The store "{0}" cannot be reached: nothing accepts connections at {1}. Check the endpoint.',
        store,
        host,
      );
    case 'name':
      return t(
        'The store "{0}" cannot be reached: the name {1} is not known. Check the endpoint and the network.',
        store,
        host,
      );
    case 'network':
      return t('The store "{0}" cannot be reached: no way to {1}. Check the network.', store, host);
  }
}

/** What is wrong with an endpoint, and where it stands. */
export function endpointWords(of: ErrorData['REMOTE_ENDPOINT_INVALID']): string {
  const { from } = of;
  const given = [v(of.store), v(of.endpoint), causeWords(of.reason)] as const;
  if (from === undefined) {
    return t('The endpoint "{1}" of the store "{0}" is not valid: {2}.', ...given);
  }
  return 'variable' in from
    ? t(
        'The endpoint "{1}" of the store "{0}" is not valid: {2}. The variable {3} says it; correct it there, and start VS Code again.',
        ...given,
        from.variable,
      )
    : t(
        'The endpoint "{1}" of the store "{0}" is not valid: {2}. The AWS profile "{3}" says it; correct it there.',
        ...given,
        v(from.profile),
      );
}

/** Why nothing is written to a store. @param disk the disk is read-only, whatever settings say */
export function readOnlyWords(store: string, disk: boolean): string {
  return disk
    ? t(
        'The store "{0}" is on a disk that can only be read. Mount it for writing, or choose another store.',
        store,
      )
    : t('The store "{0}" can only be read. Choose another one.', store);
}

/** A folder where Snapdir works, with a store of its own that nothing is promoted to. */
export const workingStoreWords = (path: string): string =>
  t(
    '"{0}" is where Snapdir keeps the snapshots of a folder while it works; a garbage collection would take away what is promoted there. Nothing was sent. Choose another folder for the store.',
    path,
  );

/** What a store says of this machine's clock. @param minutes how much it is ahead, where that is known */
export function clockWords(host: string, minutes: number | undefined): string {
  if (minutes === undefined) {
    return t('The clock of this machine is wrong, says {0}. Set it and try again.', host);
  }
  return minutes > 0
    ? t(
        'The clock of this machine is {0} minutes ahead, says {1}. Set it and try again.',
        minutes,
        host,
      )
    : t(
        'The clock of this machine is {0} minutes behind, says {1}. Set it and try again.',
        -minutes,
        host,
      );
}
