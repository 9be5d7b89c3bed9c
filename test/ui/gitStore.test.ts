import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TreeView } from './support/treeView';
import { useWindow } from './support/vscodeWindow';

suite('permanent stores: the Git repository of the folder', () => {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', window.folder, ...args], { encoding: 'utf8' }).trim();
  const promotions = (): string[] =>
    git('for-each-ref', '--format=%(refname)', 'refs/snapdir').split('\n').filter(Boolean);
  const window = useWindow({
    startsOver: true,
    files: { 'recipe.txt': 'tea\n', '.gitignore': '.snapdir/\n' },
    prepare: async (made) => {
      await made.cli('take', '-m', 'first');
      git('init', '--quiet', '--initial-branch=main');
      git('add', '.');
      git('-c', 'user.name=T', '-c', 'user.email=t@test', 'commit', '--quiet', '-m', 'first');
    },
  });
  let before: string[];
  let attempts = 0;
  /** Takes away what an earlier try promoted: here, in Git, and in what the window knows of it. */
  const withdraw = async (...names: string[]): Promise<void> => {
    for (const ref of promotions().filter((one) =>
      names.some((name) => one.includes(`/${name}/`)),
    )) {
      git('update-ref', '-d', ref);
    }
    const here = (await window.listed()).flatMap(({ refs }) => refs);
    for (const name of here.filter((one) => names.includes(one))) {
      await window.cli('refs', '--delete', name);
    }
    await window.run('Refresh Promoted Snapshots');
    const promoted = new TreeView(window.workbench, 'Promoted Snapshots');
    for (const name of names) {
      await promoted.untilGone(name);
    }
  };
  const untouched = (): string[] => [
    git('rev-parse', 'HEAD'),
    git('status', '--porcelain'),
    git('branch', '--all'),
    git('ls-files', '--stage'),
  ];

  test('is added with one click, and the view shows it', async () => {
    await window.timeline.untilLabel('first');
    before = untouched();
    await window.run('Add Store…');
    await window.pick('Add Store (1)', 'This Git Repository');
    assert.match(
      await window.notification('can be promoted to this Git repository'),
      /"git push origin 'refs\/snapdir\/\*:refs\/snapdir\/\*'" shares them\.$/u,
    );
    await window.workbench.closeNotifications();
    const promoted = new TreeView(window.workbench, 'Promoted Snapshots');
    await promoted.untilLabel('Nothing was promoted yet');
    const row = await promoted.untilLabel('Git Repository');
    assert.match(row.description, /^refs\/snapdir/u);
    await window.run('Add Store…');
    await window.untilAsked('Add Store (1)');
    assert.ok(!(await window.workbench.quickInputLabels()).includes('This Git Repository'));
  });

  test('a promotion is a ref of its own; branches, index and HEAD stay', async () => {
    if (window.isAnotherTry) {
      await withdraw('main');
    }
    await window.timeline.menu('first', 'Promote…');
    await window.pick('Promote "first"', 'Git Repository');
    await window.answer('Promote "first"', 'main');
    await window.notification('is now "main"');
    const promoted = new TreeView(window.workbench, 'Promoted Snapshots');
    const row = await promoted.untilRow('main', ({ label }) => label === 'main');
    assert.match(row.description, /^here · /u);
    assert.equal(promotions().length, 1);
    assert.deepEqual(untouched(), before);
  });

  test('names go into snapdir.json once somebody says so', async () => {
    const names = (): string[] =>
      Object.keys(
        JSON.parse(readFileSync(join(window.folder, 'snapdir.json'), 'utf8')) as object,
      ).filter((name) => name !== '~');
    const promote = async (name: string): Promise<void> => {
      await window.timeline.menu('first', 'Promote…');
      await window.pick('Promote "first"', 'Git Repository');
      // Typed right into the list of names.
      await window.workbench.quickInput.getByText('New Name…').waitFor();
      await window.workbench.quickInputType(name, { accept: false });
      await window.workbench.quickInput.getByText(`New Name: ${name}`).waitFor();
      await window.page.keyboard.press('Enter');
      await window.workbench.waitForNotification(`is now "${name}"`);
    };
    rmSync(join(window.folder, 'snapdir.json'), { force: true });
    if (window.isAnotherTry) {
      await withdraw('tea', 'coffee');
    }
    await promote('tea');
    assert.ok(!existsSync(join(window.folder, 'snapdir.json')));
    await window.workbench.clickNotificationButton('is now "tea"', 'Write to snapdir.json');
    await window.notification('Commit it to share it.');
    assert.deepEqual(names(), ['tea']);
    await window.workbench.closeNotifications();
    // From now on by themselves.
    await promote('coffee');
    assert.equal(await window.page.getByText('Write to snapdir.json').count(), 0);
    assert.deepEqual(names(), ['coffee', 'tea']);
    rmSync(join(window.folder, 'snapdir.json'));
    await window.workbench.closeNotifications();
  });

  test('what looks like a secret is asked about, and sent only when somebody says so', async () => {
    // Who said yes to a token once is not asked about it again: another try needs another one.
    const [attempt, had] = [++attempts, promotions().length];
    const token = `ghp_${`a1B${attempt}`.repeat(9)}`;
    const [message, secret, again] = ['with a token', 'secret', 'again'].map((one) =>
      attempt === 1 ? one : `${one} ${attempt}`.replaceAll(' ', '-'),
    ) as [string, string, string];
    const title = `Promote "${message}"`;
    window.change({ 'config.txt': `token: ${token}\n` });
    await window.take(message);
    const promote = async (): Promise<void> => {
      await window.workbench.closeNotifications();
      await window.timeline.menu(message, 'Promote…');
      await window.pick(title, 'Git Repository');
      await window.pick(title, 'New Name…');
      await window.answer(title, secret);
    };
    await promote();
    const text = await window.modalText();
    assert.match(text, /One thing looks like it holds a secret\. Send it to "git"\? /u);
    assert.match(text, /config\.txt \(a GitHub token\)/u);
    assert.match(text, /Nothing was sent yet\./u);
    assert.ok(!text.includes(token));
    assert.deepEqual(await window.modalButtons(), ['Cancel', 'Leave Them Out', 'Send Anyway']);
    await window.workbench.clickModalButton('Cancel');
    assert.equal(promotions().length, had);
    await promote();
    await window.modalText();
    await window.workbench.clickModalButton('Send Anyway');
    await window.notification(`is now "${secret}"`);
    const [ref] = promotions().filter((one) => one.includes(`/${secret}/`));
    assert.ok(ref !== undefined, promotions().join());
    assert.ok(git('grep', '--count', token, ref).endsWith(':1'), 'the file is in the store');
    // A person who said yes once is not asked about the same file again.
    await window.timeline.menu(message, 'Promote…');
    await window.pick(title, 'Git Repository');
    await window.pick(title, 'New Name…');
    await window.answer(title, again);
    await window.notification(`is now "${again}"`);
    assert.deepEqual(untouched().slice(0, 1), before.slice(0, 1));
  });
});
