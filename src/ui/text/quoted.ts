import * as vscode from 'vscode';

/** A name inside a sentence, in the quotation marks of the language. */
export function quoted(name: string): string {
  return vscode.l10n.t('"{0}"', name);
}
