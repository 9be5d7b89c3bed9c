import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { root } from './extension';

/**
 * Makes the first folder a Git repository while `work` goes on. VS Code's own Git looks away: it would run Git, which
 * writes into a folder that is just being removed, and trip over a repository that is there for seconds.
 */
export async function inGitRepository(work: () => Promise<void>): Promise<void> {
  const own = vscode.workspace.getConfiguration('git');
  await own.update('enabled', false, vscode.ConfigurationTarget.Global);
  try {
    assert.equal(spawnSync('git', ['init', '-q', root()]).status, 0);
    await work();
  } finally {
    rmSync(join(root(), '.git'), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    await own.update('enabled', undefined, vscode.ConfigurationTarget.Global);
  }
}
