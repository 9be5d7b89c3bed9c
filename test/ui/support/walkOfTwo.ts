import assert from 'node:assert/strict';
import { fileTree, readTree } from '../../support/fileTree';
import { assertAria } from './aria';
import { assertNoViolations } from './axe';
import { PROMOTED, Teammate } from './teammate';
import { TreeView } from './treeView';
import type { VSCodeWindow } from './vscodeWindow';
import { untilText } from './wait';

/** The view of promoted snapshots of a window. */
export const promotedView = (window: VSCodeWindow): TreeView =>
  new TreeView(window.workbench, PROMOTED);

/** Who acts, and who is on the other side. */
interface Two {
  window: VSCodeWindow;
  mate: Teammate;
  /** A pattern. */
  by: string;
}

/**
 * Promote here, look, compare and fetch there; then conflicts, one answered by fetching and one by another name: the
 * same for each kind of store. The window has a store "team" and a snapshot "first" (`recipe.txt`, `tools.txt`).
 * @param of.by who promotes, as the environment names them
 * @param of.signIn gives the teammate what the store asks for
 */
export function walkOfTwo(
  window: VSCodeWindow,
  { by, signIn }: { by?: string; signIn?: (mate: Teammate) => Promise<void> } = {},
): void {
  const two: Two = { window, mate: new Teammate(), by: by ?? '[^·]+@[^·]+' };
  promotesHere(two);
  test('another window on another folder sees it', async () => {
    await two.mate.open(window);
    await signIn?.(two.mate);
    const row = await two.mate.promoted.untilRow('main', ({ label }) => label === 'main');
    assert.match(row.description, /^not here · /u);
  });
  looksThere(two);
  fetchesTheirs(two);
  takesAnotherName(two);
  test('pulls after the question that every restore asks', async () => {
    await promotedView(window).menu('by the mate', 'Pull…');
    assert.match(await window.modalText(), /Restore .+ from "by the mate"\? /u);
    await window.workbench.clickModalButton('Restore');
    await window.notification('restored');
    assert.equal(window.onDisk('mine.txt'), 'mine\n');
    assert.equal(window.onDisk('recipe.txt'), 'soup\n');
  });
}

function promotesHere({ window, by }: Two): void {
  test('promotes by the menu of a row, and the view shows the name', async () => {
    await window.timeline.menu('first', 'Promote…');
    await window.pick('Promote "first"', 'team');
    await window.answer('Promote "first"', 'main');
    assert.match(
      await window.notification('is now "main"'),
      /^"first" is now "main" in "team": 2 objects, \d+ B sent\.$/u,
    );
    const row = await promotedView(window).untilLabel('main');
    assert.match(row.description, new RegExp(`^here · [^·]+ · ${by} · 2 files, \\d+ B$`, 'u'));
  });

  test('axe finds nothing in the view, and a screen reader is told what it holds', async () => {
    await window.workbench.closeNotifications();
    await assertNoViolations(window.page, 'Promoted Snapshots', '.part.sidebar');
    await assertAria(promotedView(window).pane.getByRole('tree'), 'promoted');
  });
}

function looksThere({ mate }: Two): void {
  const isAsBefore = async (): Promise<void> => {
    assert.match((await mate.promoted.untilLabel('main')).description, /^not here · /u);
    assert.ok(!(await mate.timeline.labels()).includes('first'));
    assert.deepEqual(readTree(mate.folder), { 'mine.txt': 'mine\n', 'recipe.txt': 'soup\n' });
  };

  test('a teammate compares and opens what was promoted; nothing is fetched or restored', async () => {
    await mate.promoted.menu('main', 'Compare with Current');
    await mate.editors.untilMultiDiff({
      'mine.txt': { left: '', right: 'mine' },
      'recipe.txt': { left: 'tea', right: 'soup' },
      'tools.txt': { left: 'spoon', right: '' },
    });
    await isAsBefore();
    await mate.promoted.menu('main', 'Show Contents…');
    await mate.pick('Show Contents', 'tools.txt');
    await untilText('the file', () => mate.editors.text(), 'spoon');
    await isAsBefore();
    await mate.editors.closeAll();
  });

  test('then fetches it into the timeline; the folder stays as it is', async () => {
    await mate.promoted.menu('main', 'Fetch');
    const row = await mate.timeline.untilLabel('first');
    assert.match(row.description, / · team\/main · from team$/u);
    assert.equal(await mate.timeline.icon('first'), 'cloud-download');
    await mate.promoted.untilRow('main here', ({ description }) => description.startsWith('here'));
    assert.deepEqual(Object.keys(readTree(mate.folder)), ['mine.txt', 'recipe.txt']);
    await mate.timeline.workbench.closeNotifications();
  });
}

/** The labels of the view, with what the name stood for before. */
async function historyOf(window: VSCodeWindow, name: string): Promise<string[]> {
  const view = promotedView(window);
  await view.expand(name);
  await view.untilLabel('first');
  const labels = await view.labels();
  return labels.slice(labels.indexOf(name), labels.indexOf('first') + 1);
}

function fetchesTheirs({ window, mate }: Two): void {
  const promoteSecond = async (): Promise<void> => {
    await window.timeline.menu('second', 'Promote…');
    await window.pick('Promote "second"', 'team');
    await window.pick('Promote "second"', 'main');
  };

  test('whoever comes second is told, and fetches and compares theirs', async () => {
    await mate.timeline.workbench.toFront();
    await mate.take('by the mate');
    // Nothing is called "main" there: the store is known to hold it.
    await mate.promote('by the mate', 'main');
    await mate.timeline.workbench.waitForNotification('is now "main" in "team"');

    await window.workbench.toFront();
    window.change({ 'recipe.txt': 'coffee\n' });
    await window.take('second');
    await promoteSecond();
    assert.match(
      await window.notification('was moved by'),
      /^"main" in "team" was moved by .+ \(.+\)\. Nothing was sent\.$/u,
    );
    await window.workbench.clickNotificationButton('was moved by', 'Fetch Theirs');
    await window.timeline.untilLabel('by the mate');
    await window.workbench.clickNotificationButton('in the timeline now', 'Compare with Current');
    await window.editors.untilMultiDiff({
      'mine.txt': { left: 'mine', right: '' },
      'recipe.txt': { left: 'soup', right: 'coffee' },
      'tools.txt': { left: '', right: 'spoon' },
    });
    await window.editors.closeAll();
    await new TreeView(window.workbench, 'Comparison').titleAction('Close Comparison');
    await window.workbench.closeNotifications();
  });

  test('and promotes upon it: both are in the history of the name', async () => {
    await promoteSecond();
    await window.notification('is now "main" in "team"');
    const history = ['main', 'second', 'by the mate', 'first'];
    assert.deepEqual(await historyOf(window, 'main'), history);
    const row = await promotedView(window).untilLabel('by the mate');
    assert.match(row.description, /^here · /u);
  });
}

function takesAnotherName({ window, mate }: Two): void {
  let tries = 0;
  test('whoever comes second may take another name: nobody lost anything', async () => {
    tries += 1;
    const name = `menu-${tries}`; // a second try finds the first one's
    const { workbench } = mate.timeline;
    await workbench.toFront();
    await workbench.closeNotifications();
    fileTree(mate.folder, { 'recipe.txt': 'cocoa\n' });
    await mate.take('third');
    // It stands for "second" by now, which this window has not heard of.
    await mate.promote('third', 'main');
    const told = await workbench.waitForNotification('was moved by');
    assert.match(await told.innerText(), /"main" in "team" was moved by .+ Nothing was sent\./u);
    await workbench.clickNotificationButton('was moved by', 'Promote Under Another Name…');
    await mate.pick('Promote "third"', 'New Name…');
    await workbench.quickInputBox();
    await workbench.quickInputType(name);
    await workbench.waitForNotification(`"third" is now "${name}" in "team"`);
    await mate.promoted.untilLabel(name);
    await workbench.closeNotifications();

    await window.workbench.toFront();
    await promotedView(window).titleAction('Refresh Promoted Snapshots');
    const row = await promotedView(window).untilLabel(name);
    assert.match(row.description, /^not here · /u);
    const history = ['main', 'second', 'by the mate', 'first'];
    assert.deepEqual(await historyOf(window, 'main'), history);
  });
}
