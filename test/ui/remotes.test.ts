import assert from 'node:assert/strict';
import { fileTree, readTree } from '../support/fileTree';
import { makeBucket } from '../support/s3';
import { skipWithout, stopTestServers, testServer, type TestServer } from '../support/testServers';
import { tempDir } from '../support/tempDir';
import { Editors } from './support/editors';
import { TreeView } from './support/treeView';
import { useWindow, type VSCodeWindow } from './support/vscodeWindow';
import { until } from './support/wait';

const VIEW = 'Promoted Snapshots';

/** A second person's window, on a folder of their own, with the same store. */
class Teammate {
  readonly folder = tempDir('snapdir-mate-');
  timeline!: TreeView;
  promoted!: TreeView;
  editors!: Editors;

  async open(window: VSCodeWindow): Promise<void> {
    fileTree(this.folder, { 'recipe.txt': 'soup\n', 'mine.txt': 'mine\n' });
    this.timeline = await window.openAnother({ folder: this.folder });
    this.promoted = new TreeView(this.timeline.workbench, VIEW);
    this.editors = new Editors(this.timeline.workbench.page);
    this.timeline.workbench.page.setDefaultTimeout(15_000);
  }

  async title(text: string | RegExp): Promise<void> {
    const title = this.timeline.workbench.quickInput.locator('.quick-input-title');
    await until(
      `the question ${String(text)}`,
      () => title.innerText({ timeout: 1_000 }),
      (seen) => (typeof text === 'string' ? seen === text : text.test(seen)),
    );
  }

  async take(message: string): Promise<void> {
    const { workbench } = this.timeline;
    await this.timeline.titleAction('Take Snapshot');
    await this.title('Take Snapshot');
    await workbench.quickInputType(message);
    await this.timeline.untilLabel(message);
  }
}

/** From the row's menu to the store, under a name that is new there. */
async function promote(window: VSCodeWindow, label: string, name: string): Promise<void> {
  await window.timeline.menu(label, 'Promote…');
  await window.pick(`Promote "${label}"`, 'team');
  await window.answer(`Promote "${label}"`, name);
}

/** Promote here, fetch and compare there, conflict, resolve: the same for each kind of store. */
function walk(window: VSCodeWindow, signIn?: (mate: Teammate) => Promise<void>): void {
  const promoted = (): TreeView => new TreeView(window.workbench, VIEW);
  const mate = new Teammate();

  test('promotes by the menu of a row, and the view shows the name', async () => {
    await promote(window, 'first', 'main');
    assert.match(
      await window.notification('is now "main"'),
      /^"first" is now "main" in "team": 2 objects, \d+ B sent; 0 were there\.$/u,
    );
    const row = await promoted().untilRow('main', ({ label }) => label === 'main');
    assert.match(row.description, /^here · .+@.+ · 2 files, \d+ B$/u);
  });

  test('another window on another folder sees it, fetches it and compares', async () => {
    await mate.open(window);
    await signIn?.(mate);
    const row = await mate.promoted.untilRow('main', ({ label }) => label === 'main');
    assert.match(row.description, /^not here · /u);
    await mate.promoted.menu('main', 'Compare with Current');
    await mate.editors.untilMultiDiff({
      'mine.txt': { left: '', right: 'mine' },
      'recipe.txt': { left: 'tea', right: 'soup' },
      'tools.txt': { left: 'spoon', right: '' },
    });
    assert.match(
      (await mate.timeline.untilLabel('first')).description,
      / · team\/main · from team · /u,
    );
    assert.equal(await mate.timeline.icon('first'), 'cloud-download');
    await mate.promoted.untilRow('main here', ({ description }) => description.startsWith('here'));
    assert.deepEqual(Object.keys(readTree(mate.folder)), ['mine.txt', 'recipe.txt']);
  });

  test('whoever comes second is told, fetches theirs, and promotes upon it', async () => {
    const { workbench } = mate.timeline;
    await mate.take('by the mate');
    await mate.timeline.menu('by the mate', 'Promote…');
    await mate.title('Promote "by the mate"');
    await workbench.quickInputPick('team');
    await mate.title('Promote "by the mate"');
    await workbench.quickInputType('main');
    await workbench.waitForNotification('is now "main" in "team"');

    window.change({ 'recipe.txt': 'coffee\n' });
    await window.take('second');
    await window.timeline.menu('second', 'Promote…');
    await window.pick('Promote "second"', 'team');
    await window.pick('Promote "second"', 'main');
    assert.match(
      await window.notification('was moved by'),
      /^"main" in "team" was moved by .+ \(.+\)\. Nothing was sent\.$/u,
    );
    await window.workbench.clickNotificationButton('was moved by', 'Fetch Theirs');
    await window.notification('is in the timeline now');
    await window.timeline.untilLabel('by the mate');
    await window.workbench.closeNotifications();

    await window.timeline.menu('second', 'Promote…');
    await window.pick('Promote "second"', 'team');
    await window.pick('Promote "second"', 'main');
    await window.notification('is now "main" in "team"');
    await promoted().expand('main');
    const rows = await promoted().untilRow('the history', ({ label }) => label === 'by the mate');
    assert.match(rows.description, /^here · /u);
    const labels = (await promoted().labels()).filter((label) => label !== 'team');
    assert.deepEqual(labels.slice(0, 4), ['main', 'second', 'by the mate', 'first']);
  });

  test('pulls after the question that every restore asks', async () => {
    await promoted().menu('by the mate', 'Pull…');
    assert.match(await window.modalText(), /Restore .+ from "by the mate"\? /u);
    await window.workbench.clickModalButton('Restore');
    await window.notification('restored');
    assert.equal(window.onDisk('mine.txt'), 'mine\n');
    assert.equal(window.onDisk('recipe.txt'), 'soup\n');
  });
}

const FILES = { 'recipe.txt': 'tea\n', 'tools.txt': 'spoon\n' };
const prepare = async (made: VSCodeWindow): Promise<void> => {
  await made.cli('take', '-m', 'first');
};

suite('permanent stores: a folder shared by two', () => {
  const bucket = tempDir('snapdir-bucket-');
  const window = useWindow({ files: FILES, prepare });

  test('is added step by step, and the view appears', async () => {
    await window.timeline.untilLabel('first');
    await window.run('Add Store…');
    await window.pick('Add Store (1/4)', 'Folder');
    await window.untilAsked('Add Store (2/3)');
    // The dialog writes its own proposal a moment after it is drawn.
    const input = window.workbench.quickInput.locator('.quick-input-box input');
    await until(
      'the proposed folder',
      () => input.inputValue(),
      (value) => value.endsWith('/'),
    );
    await window.workbench.quickInputType(`${bucket}/`, { accept: false });
    await window.workbench.quickInput.getByRole('button', { name: 'Use This Folder' }).click();
    await window.untilAsked('Add Store (3/3)');
    await window.workbench.quickInputType('team');
    await window.notification('The store "team" works and was added.');
    await window.workbench.closeNotifications();
    const view = new TreeView(window.workbench, VIEW);
    await view.untilRow('the store', ({ label }) => label === 'team');
    await view.untilLabel('Nothing was promoted yet');
  });

  walk(window);
});

suite('permanent stores: a bucket on Ceph shared by two', () => {
  let server: TestServer;
  let bucket: string;
  suiteSetup('start Ceph', async function () {
    this.timeout(180_000);
    const found = await testServer('ceph');
    if (typeof found === 'string') {
      skipWithout(this, found);
    }
    server = found;
    bucket = await makeBucket(server);
  });
  const window = useWindow({ files: FILES, prepare });
  suiteTeardown('stop Ceph', () => stopTestServers());

  test('is added in four steps, with keys that are typed in', async () => {
    const { workbench } = window;
    await window.timeline.untilLabel('first');
    await window.run('Add Store…');
    await window.pick('Add Store (1/4)', 'S3 Bucket');
    const type = async (prompt: string, text: string): Promise<void> => {
      await workbench.quickInput.getByText(prompt).waitFor();
      await workbench.quickInputType(text);
    };
    await type('The bucket, and where in it', `s3://${bucket}/snaps`);
    await type('The endpoint.', server.endpoint);
    await type('The region.', server.region);
    await window.pick('Add Store (3/4)', 'Enter Keys…');
    await type('Access key id', server.accessKeyId);
    await type('Secret access key', server.secretAccessKey);
    await type('Session token', '');
    await window.untilAsked('Add Store (4/4)');
    await workbench.quickInputType('team');
    await window.notification('The store "team" works and was added.');
    await workbench.closeNotifications();
    await new TreeView(workbench, VIEW).untilLabel('Nothing was promoted yet');
  });

  // In a browser each window has a secret storage of its own, as each teammate's machine has.
  walk(window, async (mate) => {
    const { workbench } = mate.timeline;
    await mate.promoted.untilLabel('team');
    await mate.promoted.menu('team', 'Set Credentials…');
    for (const [prompt, text] of [
      ['Access key id', server.accessKeyId],
      ['Secret access key', server.secretAccessKey],
      ['Session token', ''],
    ] as const) {
      await workbench.quickInput.getByText(prompt).waitFor();
      await workbench.quickInputType(text);
    }
    await workbench.waitForNotification('are in the secret storage of this machine');
  });
});
