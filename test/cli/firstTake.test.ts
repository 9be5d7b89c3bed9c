import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cliFolder, runCli } from '../support/cli';
import { fileTree } from '../support/fileTree';
import { runOnTerminal, whyNoTerminal } from '../support/terminal';

suite('cli: the first snapshot of a home folder', function () {
  this.timeout(60_000);

  test('is refused where nobody can be asked, with an estimate; --yes takes it', async () => {
    const home = cliFolder({ 'a.txt': '12345', 'b.txt': '67890' });
    const env = { HOME: home.dir, USERPROFILE: home.dir };
    const at = { cwd: home.dir, env };
    const refused = await runCli(['take'], at);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /This is a home folder/u);
    assert.match(refused.stderr, /about 2 files \(10 B\)/u);
    assert.match(refused.stderr, /--yes/u);
    assert.equal(existsSync(join(home.dir, '.snapdir')), false);
    assert.equal((await runCli(['take', '--yes'], at)).code, 0);
    fileTree(home.dir, { 'a.txt': 'changed' });
    assert.equal((await runCli(['take'], at)).code, 0, 'a later one is not asked about');
  });

  test('of a folder inside it is not held up, of its desktop it is', async () => {
    const home = cliFolder({ 'project/a.txt': 'a', 'Desktop/b.txt': 'b' });
    const env = { HOME: home.dir, USERPROFILE: home.dir };
    const take = (name: string): ReturnType<typeof runCli> =>
      runCli(['take'], { cwd: join(home.dir, name), env });
    assert.equal((await take('project')).code, 0);
    const desktop = await take('Desktop');
    assert.equal(desktop.code, 2);
    assert.match(desktop.stderr, /all sorts of things/u);
  });

  test('… under whatever name the desktop has, also where it is kept in step', async () => {
    const home = cliFolder({
      '.config/user-dirs.dirs':
        '# Names\nXDG_DESKTOP_DIR="$HOME/Työpöytä"\nXDG_MUSIC_DIR="$HOME/Music"\n',
      ...{ 'Työpöytä/a.txt': 'a', 'OneDrive - Acme/Bureau/b.txt': 'b', 'Music/c.txt': 'c' },
    });
    const env = { HOME: home.dir, USERPROFILE: home.dir };
    const codes = ['Työpöytä', 'OneDrive - Acme', 'OneDrive - Acme/Bureau', 'Music'].map(
      async (name) => (await runCli(['take'], { cwd: join(home.dir, name), env })).code,
    );
    assert.deepEqual(await Promise.all(codes), [2, 2, 2, 0]);
  });

  test('is asked about on a terminal', async function () {
    const reason = whyNoTerminal();
    if (reason !== undefined) {
      this.skip();
    }
    const home = cliFolder({ 'a.txt': 'a' });
    mkdirSync(join(home.dir, 'empty'));
    const env = { HOME: home.dir };
    const ask = (keys: string): ReturnType<typeof runOnTerminal> =>
      runOnTerminal(['take'], {
        cwd: home.dir,
        env,
        prompt: /Take a snapshot of all that\? \[y\/N\]/,
        keys,
      });
    const no = await ask('n\n');
    assert.equal(no.code, 1, no.screen);
    assert.match(no.screen, /Nothing was done/u);
    assert.equal(existsSync(join(home.dir, '.snapdir')), false);
    const yes = await ask('y\n');
    assert.equal(yes.code, 0, yes.screen);
    assert.match(yes.screen, /Took/u);
  });
});
