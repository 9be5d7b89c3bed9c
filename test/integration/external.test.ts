import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { activate, change, eventually, root, take, type Extension } from './support/extension';

const cli = (...args: string[]): Promise<unknown> => {
  const extension = vscode.extensions.getExtension('snapdir.snapdir');
  const path = join(extension?.extensionPath ?? '', 'dist', 'cli.cjs');
  return promisify(execFile)(process.execPath, [path, '-C', root(), ...args], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  });
};

suite('other processes', () => {
  let extension: Extension;
  suiteSetup(async () => {
    extension = await activate();
    await take('before others');
  });

  test('are followed: a snapshot from the command line shows up by itself', async () => {
    const timeline = extension.test.repositories.timelines[0]!;
    await timeline.get();
    change({ 'external.txt': `${Math.random()}\n` });
    await cli('take', '-m', 'from the command line');
    const seen = await eventually('the row', () =>
      timeline.current?.checkpoints.find((c) => c.message === 'from the command line'),
    );
    assert.equal(seen.trigger, 'cli');
    assert.ok(seen.isHead);
  });

  test('are followed where they make the store anew', async () => {
    const aside = mkdtempSync(join(tmpdir(), 'snapdir-aside-'));
    const store = join(root(), '.snapdir');
    const shown = (message: string): boolean =>
      extension.test.repositories.timelines[0]!.current?.checkpoints[0]?.message === message;
    try {
      for (const n of [1, 2, 3]) {
        // The folders of a store come right inside each other, and soon after the old ones went.
        renameSync(store, join(aside, `${n}`));
        for (const message of [`anew ${n}`, `anew ${n}, again`]) {
          change({ 'external.txt': `${message}\n` });
          await cli('take', '-m', message);
          await eventually(message, () => shown(message));
        }
      }
    } finally {
      renameSync(store, join(aside, 'last'));
      renameSync(join(aside, '1'), store);
      await eventually('what was before', () => shown('from the command line'));
      rmSync(aside, { recursive: true, force: true });
    }
  });

  test('are told about', async () => {
    const kinds: string[] = [];
    const subscription = extension.api.onDidChange(({ change: { kind } }) => kinds.push(kind));
    await take('told');
    subscription.dispose();
    assert.equal(kinds[0], 'taken');
  });
});
