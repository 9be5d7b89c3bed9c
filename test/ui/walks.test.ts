// The walks of the README, as a person does them who never saw Snapdir; the first one is in firstUse.test.ts.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { breakSources, loseFunction, makeWalkFolder } from '../../scripts/walks/folder.mjs';
import { walks } from '../../scripts/walks/walks.mjs';
import { readTree } from '../support/fileTree';
import { cliPath } from '../support/paths';
import { playWalk } from './support/playWalk';
import { useWindow } from './support/vscodeWindow';
import { until } from './support/wait';

suite('walks', () => {
  let anHourAgo: Record<string, string>;
  const window = useWindow({
    startsIn: 'Explorer',
    prepare: ({ folder }) => {
      makeWalkFolder(folder, cliPath, () => {
        anHourAgo = readTree(join(folder, 'src'));
      });
    },
  });

  test('where did my function go?', async function () {
    loseFunction(window.folder);
    this.test!.title += `: ${await playWalk(window, walks.lostFunction)}`;
    const cart = await until(
      'the function on disk',
      () => window.onDisk('src/cart.ts') ?? '',
      (text) => text.includes('function discounted'),
    );
    // It is as it was, and what came since is still there.
    const lost = /\/\*\* What a code takes off.*?\n\}\n\n/su;
    assert.equal(lost.exec(cart)?.[0], lost.exec(anHourAgo['cart.ts'] ?? '')?.[0]);
    assert.match(cart, /function pieces/u);
    await window.editors.closeAll();
  });

  test('the agent broke everything: bring back this folder as of an hour ago', async function () {
    breakSources(window.folder);
    const others = (): [string, string][] =>
      Object.entries(window.allOnDisk()).filter(([path]) => !path.startsWith('src/'));
    const before = others();
    this.test!.title += `: ${await playWalk(window, walks.hourAgo)}`;
    // Nothing is deleted that nobody was asked about.
    const extra = { 'cart2.ts': "export * from './cart.ts';\n" };
    assert.deepEqual(readTree(join(window.folder, 'src')), { ...anHourAgo, ...extra });
    assert.deepEqual(others(), before);
    await window.workbench.clickNotificationButton('restored', 'Undo');
    await window.workbench.clickModalButton('Undo Restore');
    await window.untilOnDisk('src/layout.ts', undefined);
    await window.untilOnDisk('src/catalog.ts', 'export const catalog = [];\n');
  });
});
