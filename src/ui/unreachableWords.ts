import * as vscode from 'vscode';
import type { ErrorData } from '../core/errors';

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
