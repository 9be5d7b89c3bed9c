import * as vscode from 'vscode';
import { SnapdirError } from '../core/errors';

/** Refuses in Restricted Mode. Menus hide these commands too, but anybody can call a command. @throws NOT_TRUSTED */
export function requireTrust(operation: string): void {
  if (!vscode.workspace.isTrusted) {
    throw new SnapdirError('NOT_TRUSTED', { operation });
  }
}
