import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { tempDir } from '../../support/tempDir';

/** A teammate on another folder, with the command line and settings of their own. */
export function teammate(bucket: string): {
  folder: string;
  cli: (...args: string[]) => Promise<string>;
} {
  const folder = tempDir('snapdir-mate-');
  const extension = vscode.extensions.getExtension('snapdir.snapdir');
  const path = join(extension?.extensionPath ?? '', 'dist', 'cli.cjs');
  const env = {
    ...process.env,
    ...{ ELECTRON_RUN_AS_NODE: '1', SNAPDIR_HOME: tempDir(), SNAPDIR_STORE: `file://${bucket}` },
  };
  const cli = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)(process.execPath, [path, '-C', folder, ...args], { env })).stdout;
  return { folder, cli };
}
