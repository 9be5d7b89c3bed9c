import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileTree } from '../support/fileTree';
import { makeBucket } from '../support/s3';
import { skipWithout, stopTestServers, testServer, type TestServer } from '../support/testServers';
import { tempDir } from '../support/tempDir';
import { StoreWizard } from './support/storeWizard';
import { filesBelow, numbered, PROMOTED, theirs } from './support/teammate';
import { TreeView } from './support/treeView';
import { useWindow, type VSCodeWindow } from './support/vscodeWindow';
import { until } from './support/wait';
import { promotedView, walkOfTwo } from './support/walkOfTwo';

const FILES = { 'recipe.txt': 'tea\n', 'tools.txt': 'spoon\n' };
const prepare = async (made: VSCodeWindow): Promise<void> => {
  await made.cli('take', '-m', 'first');
};

/**
 * Types a folder into the dialog of *Add Store…*, which has a `typed-here` in it.
 * @returns whether the dialog took that one, with the step of the name in front
 */
async function tookFolder(window: VSCodeWindow, folder: string): Promise<boolean> {
  await window.run('Add Store…');
  await window.pick('Add Store (1)', 'Folder');
  await window.untilAsked('Add Store (2/3)');
  // The dialog writes its own proposal a moment after it is drawn.
  const input = window.workbench.quickInput.locator('.quick-input-box input');
  await until(
    'the proposed folder',
    () => input.inputValue(),
    (value) => value.endsWith('/'),
  );
  // Until the dialog lists what is typed, the button takes the folder that it proposed.
  await window.workbench.quickInputType(`${folder}/`, { accept: false });
  await window.workbench.quickInput.getByText('typed-here').first().waitFor();
  // The dialog hears no click while it is still looking at the folder.
  const title = window.workbench.quickInput.locator('.quick-input-title');
  const use = window.workbench.quickInput.getByRole('button', { name: 'Use This Folder' });
  await until(
    'the next step',
    async () => {
      await use.click({ timeout: 1_000 }).catch(() => undefined);
      return title.innerText({ timeout: 1_000 });
    },
    (text) => text === 'Add Store (3/3)',
  );
  return (await input.inputValue()) === basename(folder).slice(0, 50);
}

suite('permanent stores: a folder shared by two', () => {
  const bucket = tempDir('snapdir-bucket-');
  const by = 'ada@tea';
  const window = useWindow({ files: FILES, prepare, env: { SNAPDIR_AUTHOR: by } });

  test('is added step by step, and the view appears', async () => {
    await window.timeline.untilLabel('first');
    const mark = join(bucket, 'typed-here');
    mkdirSync(mark, { recursive: true }); // a second try finds it there
    // The dialog may put back the folder that it proposed: the proposed name tells what it took.
    let tries = 0;
    while (!(await tookFolder(window, bucket))) {
      tries += 1;
      assert.ok(tries < 4, 'the dialog takes another folder');
      await window.page.keyboard.press('Escape');
    }
    await window.workbench.quickInputType('team');
    await window.notification('The store "team" works and was added.');
    await window.workbench.closeNotifications();
    const view = new TreeView(window.workbench, PROMOTED);
    rmdirSync(mark);
    const { description } = await view.untilRow('the store', ({ label }) => label === 'team');
    assert.ok(description.startsWith(bucket), description);
    await view.untilLabel('Nothing was promoted yet');
  });

  walkOfTwo(window, { by });

  let tries = 0;
  test('looks into a large one: only what is opened is fetched, and offline it says so', async () => {
    tries += 1;
    // A second try needs content that is not here yet. The name sorts first: the view may be too low for all rows.
    const [name, word] = [`broad-${tries}`, `try ${tries} of number`];
    const { folder, cli } = theirs(bucket);
    fileTree(folder, { ...numbered(30, word), 'recipe.txt': 'cocoa\n' });
    await cli('take', '-m', name);
    await cli('promote', 'HEAD', name, '--to', `file://${bucket}`);
    const here = (): number => filesBelow(join(window.folder, '.snapdir', '.objects'));
    const before = here();
    const promoted = (): TreeView => promotedView(window);
    await promoted().titleAction('Refresh Promoted Snapshots');
    await promoted().untilLabel(name);
    await promoted().menu(name, 'Compare with Current');
    const comparison = new TreeView(window.workbench, 'Comparison');
    await comparison.untilLabel('n0.txt');
    assert.deepEqual([here(), await window.editors.tabs()], [before, []], 'nothing was fetched');
    await comparison.click('n0.txt');
    await window.editors.untilDiff({ left: `${word} 0`, right: '' });
    assert.equal(here(), before + 1);

    renameSync(bucket, `${bucket}-away`);
    try {
      writeFileSync(bucket, 'out of reach');
      await comparison.click('n1.txt');
      await window.page.getByText('This file is not on this machine yet.').first().waitFor();
    } finally {
      rmSync(bucket, { force: true });
      renameSync(`${bucket}-away`, bucket);
    }
    await window.editors.closeAll();
    await comparison.click('n1.txt');
    await window.editors.untilDiff({ left: `${word} 1`, right: '' });
    assert.equal(here(), before + 2);
    await window.editors.closeAll();
    await comparison.titleAction('Close Comparison');
  });
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
    const [id, secret] = [server.accessKeyId, server.secretAccessKey];
    const keys = `aws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`;
    writeFileSync(credentials, `[acme]\n${keys}[other]\n${keys}`);
    bucket = await makeBucket(server);
  });
  const credentials = join(tempDir(), 'credentials');
  const none = join(tempDir(), 'none');
  const window = useWindow({
    ...{ files: FILES, prepare },
    env: { AWS_SHARED_CREDENTIALS_FILE: credentials, AWS_CONFIG_FILE: none, AWS_PROFILE: '' },
  });
  suiteTeardown('stop Ceph', () => stopTestServers());

  const wizard = new StoreWizard(window);

  test('is added in four steps, with keys that are typed in once it has a name', async () => {
    const { workbench } = window;
    await window.timeline.untilLabel('first');
    await wizard.begin();
    const input = workbench.quickInput.locator('.quick-input-box input');
    await workbench.quickInputType('https://ceph.example.org', { accept: false });
    await workbench.quickInput.getByText('the bucket is missing').waitFor();
    await workbench.quickInputType(`${server.endpoint}/${bucket}/snaps`);
    await window.pick('Add Store (3/4)', 'Enter Keys…');
    await window.untilAsked('Add Store (4/4)');
    assert.equal(await input.inputValue(), bucket.slice(0, 50));
    await wizard.name('team');
    await wizard.keys('team', server.accessKeyId, server.secretAccessKey);
    await window.notification('The store "team" works and was added. Next, promote a snapshot');
    await workbench.closeNotifications();
    await new TreeView(workbench, PROMOTED).untilLabel('Nothing was promoted yet');
  });

  test('is added once more with the keys of a profile that is picked', async () => {
    await wizard.begin();
    await wizard.where(`${server.endpoint}/${bucket}/profile`);
    await window.untilAsked('Add Store (3/4)');
    const labels = await window.workbench.quickInputLabels();
    assert.ok(
      ['acme', 'other'].every((name) => labels.includes(name)),
      labels.join(),
    );
    await window.workbench.quickInputPick('acme');
    await wizard.name('byprofile');
    await window.notification('The store "byprofile" works and was added.');
    await wizard.remove('byprofile');
  });

  test('wrong keys are told before it is added, and others entered there', async () => {
    await wizard.begin();
    await wizard.where(`${server.endpoint}/${bucket}/mended`);
    await window.pick('Add Store (3/4)', 'Enter Keys…');
    await wizard.name('mended');
    await wizard.keys('mended', 'NOBODYSKEY', 'x');
    assert.match(await window.modalText(), /does not know the key id for the store "mended"/u);
    assert.deepEqual(await window.modalButtons(), [
      ...['Add Anyway', 'Cancel', 'Enter Keys…', 'Pick AWS Profile…'],
    ]);
    await window.workbench.clickModalButton('Enter Keys…');
    await wizard.keys('mended', server.accessKeyId, server.secretAccessKey);
    await window.notification('The store "mended" works and was added.');
    await wizard.remove('mended');
  });

  // In a browser each window has a secret storage of its own, as each teammate's machine has.
  walkOfTwo(window, {
    signIn: async (mate) => {
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
    },
  });
});
