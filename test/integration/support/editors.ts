import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { eventually, root } from './extension';

/** Opens a file and types at its start. VS Code may still hold it as it was a test ago, which it could not save. */
export async function typeInto(path: string): Promise<vscode.TextDocument> {
  const file = join(root(), path);
  const document = await vscode.workspace.openTextDocument(file);
  const editor = await vscode.window.showTextDocument(document);
  // The same text is not enough: VS Code saves nothing over a file that is younger than what it read.
  await readAnew(document, readFileSync(file, 'utf8'));
  const done = await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'unsaved '));
  assert.ok(done && document.isDirty);
  return document;
}

/**
 * Waits until the editor in front, in which nothing is unsaved, shows a text. VS Code follows the disk by events, of
 * which a busy machine loses some: so it is told to look.
 */
export async function untilShown(document: vscode.TextDocument, text: string): Promise<void> {
  assert.ok(!document.isDirty);
  await readAnew(document, text);
}

async function readAnew(document: vscode.TextDocument, text: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.files.revert');
  await eventually('the editor shows it', () => document.getText() === text);
}
