import * as vscode from 'vscode';

/** What the tab in front shows; of a diff the newer side comes first: that is what one looks at. */
export function shownInFront(): vscode.Uri[] {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputTextDiff || input instanceof vscode.TabInputNotebookDiff) {
    return [input.modified, input.original];
  }
  const isOne =
    input instanceof vscode.TabInputText ||
    input instanceof vscode.TabInputCustom ||
    input instanceof vscode.TabInputNotebook;
  return isOne ? [input.uri] : [];
}

/** The file, of the folder or of a snapshot, that a person has in front. */
export function activeResource(): vscode.Uri | undefined {
  return shownInFront()[0];
}
