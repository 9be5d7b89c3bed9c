import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FolderWatcher } from '../../../src/ui/state/folderWatcher';
import { tempDir } from '../../support/tempDir';

suite('watching one folder', () => {
  const place = tempDir('snapdir-watched-');
  const folder = join(place, 'records');
  let calls = 0;
  const watcher = new FolderWatcher(folder, () => {
    calls += 1;
  });
  suiteTeardown(() => watcher.dispose());

  async function waitUntil(check: () => boolean): Promise<void> {
    for (let left = 1500; !check(); left -= 1) {
      assert.ok(left > 0, 'waited in vain');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async function told(change: () => void): Promise<void> {
    const before = calls;
    change();
    await waitUntil(() => calls > before);
  }

  test('begins when the folder is there, and once', () => {
    assert.equal(watcher.start(), false);
    mkdirSync(folder);
    assert.equal(watcher.start(), true);
    assert.equal(watcher.start(), false);
  });

  test('tells what comes into it and goes', async () => {
    await told(() => writeFileSync(join(folder, 'one'), ''));
    await told(() => rmSync(join(folder, 'one')));
  });

  test('goes on with the folder that comes after it', async () => {
    await told(() => rmSync(folder, { recursive: true }));
    mkdirSync(folder);
    await waitUntil(() => watcher.start());
    await told(() => writeFileSync(join(folder, 'two'), ''));
  });

  test('tells nothing once it is disposed of', async () => {
    watcher.dispose();
    const before = calls;
    writeFileSync(join(folder, 'three'), '');
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(calls, before);
  });

  test('says that the folder itself was moved away, and of others only what it is asked for', async () => {
    const store = join(place, 'store');
    const heard: string[] = [];
    const above = new FolderWatcher(place, () => heard.push('above'), 'store');
    const whole = new FolderWatcher(store, (gone) => heard.push(gone ? 'gone' : 'inside'));
    assert.ok(above.start());
    writeFileSync(join(place, 'other'), '');
    mkdirSync(store);
    await waitUntil(() => heard.length > 0);
    assert.ok(whole.start());
    writeFileSync(join(store, 'one'), '');
    await waitUntil(() => heard.includes('inside'));
    assert.ok(!heard.includes('gone'));
    renameSync(store, join(place, 'aside'));
    await waitUntil(() => heard.includes('gone'));
    mkdirSync(store);
    assert.ok(whole.start(), 'the next one can be watched');
    above.dispose();
    whole.dispose();
  });
});
