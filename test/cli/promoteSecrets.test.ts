import assert from 'node:assert/strict';
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { cliFolder, type CliFolder } from '../support/cli';
import { fileTree, readTree } from '../support/fileTree';
import { tempDir } from '../support/tempDir';

suite('cli: secrets and promote --to', function () {
  this.timeout(120_000);
  let bucket: string;
  let url: string;
  let alice: CliFolder;
  setup(() => {
    bucket = join(tempDir(), 'bucket');
    url = `file://${bucket}`;
    alice = cliFolder({ a: '1', 'dir/b': '2' }, { SNAPDIR_HOME: tempDir(), SNAPDIR_STORE: '' });
  });

  test('are not sent: named by path and kind, never by value', async () => {
    const token = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`;
    fileTree(alice.dir, { '.env': 'PASSWORD=x', 'src/config.js': `const token = '${token}';` });
    await alice.ok('take', '--no-ignore');
    const refused = await alice.run('promote', 'HEAD', 'main', '--to', url);
    assert.equal(refused.code, 3);
    assert.match(refused.stderr, /\.env: environment file[^]*src\/config\.js: GitHub token/);
    assert.ok(!refused.stderr.includes(token));
    assert.deepEqual(
      Object.keys(readTree(bucket)).filter((path) => !path.endsWith('/')),
      [],
    );
    const left = await alice.ok('promote', 'HEAD', 'main', '--to', url, '--leave-out-secrets');
    assert.match(left.stderr, /2 files left out/);
    assert.ok(!JSON.stringify(readTree(bucket)).includes(token));
    await alice.ok('promote', 'HEAD', 'full', '--to', url, '--allow-secrets');
    await alice.ok('promote', 'HEAD', 'full2', '--to', url);
  });

  test('leaving them out takes what was named, and no innocent file', async () => {
    fileTree(alice.dir, { '.env': '', 'pkg/__init__.py': '', '.gitkeep': '', 'x.json': '{}' });
    fileTree(alice.dir, { 'credentials.json': '{}', 'server.key': 'k'.repeat(40) });
    fileTree(alice.dir, { 'notes.txt': 'k'.repeat(40) });
    await alice.ok('take', '--no-ignore');
    const refused = await alice.run('promote', 'HEAD', 'main', '--to', url);
    assert.match(
      refused.stderr,
      /: 3 things [^\n]*\n {2}credentials\.json: credentials file\n {2}notes\.txt: a copy of one of these\n {2}server\.key: private key file\n--leave/,
    );
    const left = await alice.ok('promote', 'HEAD', 'main', '--to', url, '--leave-out-secrets');
    assert.match(
      left.stderr,
      /3 files left out[^\n]*\n {2}credentials\.json\n {2}notes\.txt\n {2}server\.key\n/,
    );
  });

  test('nor with the message, nor with links', async () => {
    const token = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`;
    const url2 = 'https://user:s3cretpw@example.org/x';
    symlinkSync(url2, join(alice.dir, 'loud'));
    await alice.ok('take', '-m', `with ${token}`);
    const said = (text: string): boolean => text.includes(token) || text.includes(url2);
    const sent = (): boolean => said(JSON.stringify(readTree(bucket)));
    const refused = await alice.run('promote', 'HEAD', 'main', '--to', url);
    assert.equal(refused.code, 3);
    assert.match(refused.stderr, /the message of the snapshot: GitHub token/);
    assert.match(refused.stderr, /loud: password in a URL/);
    assert.ok(!said(refused.stderr) && !sent());
    const left = await alice.ok('promote', 'HEAD', 'main', '--to', url, '--leave-out-secrets');
    assert.match(left.stderr, /1 file left out.*loud\n.*The message of the snapshot was left out/s);
    assert.ok(!sent());
    await alice.ok('promote', 'HEAD', 'full', '--to', url, '--allow-secrets');
    assert.ok(sent());
  });

  test('left out once, they are left out of that name again, and nothing else is', async () => {
    const token = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`;
    fileTree(alice.dir, { '.env': 'PASSWORD=x' });
    symlinkSync('https://user:s3cretpw@example.org/x', join(alice.dir, 'loud'));
    const next = async (files: Record<string, string>, name = 'main'): Promise<void> => {
      fileTree(alice.dir, files);
      await alice.ok('take', '--no-ignore', '-m', `with ${token}`);
      await alice.ok('promote', 'HEAD', name);
    };
    await next({});
    await alice.ok('promote', 'HEAD', 'main', '--to', url, '--leave-out-secrets');
    const again = await alice.ok('push', 'main', '--to', url);
    assert.match(again.stdout, /already names/);
    assert.match(again.stderr, /2 files left out[^]*loud[^]*\.env/);
    await next({ a: 'changed' });
    assert.match((await alice.ok('push', '--to', url)).stderr, /2 files left out/);
    await next({ a: 'once more' });
    const asked = await alice.run('promote', 'HEAD', 'main', '--to', url);
    assert.equal(asked.code, 3, 'who promotes by hand is asked');
    const refused = async (...found: RegExp[]): Promise<void> => {
      const { code, stderr } = await alice.run('push', '--to', url);
      assert.equal(code, 3);
      found.forEach((one) => assert.match(stderr, one));
      assert.ok(!stderr.includes('s3cretpw'));
    };
    await next({ 'sub/.env': 'PASSWORD=x' });
    await refused(/4 .*:\s+sub\/\.env: environment file/);
    rmSync(join(alice.dir, 'sub'), { recursive: true });
    await next({ '.env': 'PASSWORD=y' });
    await refused(/3 .*:\s+\.env: environment file/);
    await next({ '.env': 'PASSWORD=x' });
    await alice.ok('push', '--to', url);
    await alice.ok('promote', 'HEAD', 'other');
    await refused(/other: /);
    const sent = JSON.stringify(readTree(bucket));
    ['PASSWORD', 's3cretpw', token].forEach((one) => assert.ok(!sent.includes(one), one));
  });
});
