// What is told where something is wrong that is none of the local store's: files that people write, Git, the environment.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chownSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { headKey } from '../../src/core/promotion/refEntry';
import { cliFolder, type CliFolder } from '../support/cli';
import { FaultServer } from '../support/faultServer';
import { fileTree } from '../support/fileTree';
import { tempDir } from '../support/tempDir';

suite('cli: what is wrong elsewhere', function () {
  this.timeout(120_000);
  let home: string;
  let store: string;
  let folder: CliFolder;
  const folderWith = (more: Record<string, string> = {}): CliFolder =>
    cliFolder({ a: 'one', b: 'two' }, { SNAPDIR_HOME: home, SNAPDIR_STORE: '', ...more });
  setup(() => {
    [home, store] = [tempDir(), join(tempDir(), 'store')];
    folder = folderWith();
  });

  /** What it says, which must fail. */
  async function told(args: string[], of = folder): Promise<string> {
    const { code, stderr } = await of.run(...args);
    assert.notEqual(code, 0, args.join(' '));
    return stderr;
  }

  test('a store whose settings are broken is named, and the others can be used', async () => {
    const remotes = {
      good: { url: `file://${store}` },
      bad: { url: 'ftp://nowhere' },
      worse: 'file:///x',
      odd: { url: 's3://bucket', readOnly: 'yes' },
    };
    writeFileSync(join(home, 'remotes.json'), JSON.stringify({ remotes }));
    const { stdout } = await folder.ok('remote', 'ls');
    assert.match(stdout, /^good {2}file:/m);
    assert.match(
      stdout,
      /^bad {2}cannot be used: ftp:\/\/nowhere is not the URL of a store \(bad\)/m,
    );
    assert.match(stdout, /^worse {2}cannot be used: Wrong remotes\.worse: .*"url"/m);
    assert.match(stdout, /^odd {2}cannot be used: Wrong remotes\.odd\.readOnly/m);
    const listed = (await folder.ok('remote', 'ls', '--json')).json<{
      stores: { name: string }[];
      broken: { name: string; error: { code: string } }[];
    }>();
    assert.deepEqual(
      [listed.stores.map(({ name }) => name), listed.broken.map(({ name }) => name)],
      [['good'], ['bad', 'odd', 'worse']],
    );
    assert.equal(listed.broken[0]?.error.code, 'REMOTE_URL_INVALID');
    assert.match(await told(['remote', 'test', 'bad']), /\(bad\)/);
    await folder.ok('remote', 'test', 'good');
    await folder.ok('remote', 'add', 'new', `file://${store}`);
    const kept = JSON.parse(readFileSync(join(home, 'remotes.json'), 'utf8')) as {
      remotes: object;
    };
    assert.deepEqual(kept.remotes, { ...remotes, new: { url: `file://${store}` } });
    await folder.ok('remote', 'remove', 'worse');
  });

  test('an empty name of a store is none: the default one does not take its place', async () => {
    await folder.ok('remote', 'add', 'good', `file://${store}`, '--default');
    await folder.ok('remote', 'test', 'good');
    await folder.ok('take');
    await folder.ok('promote', 'HEAD', 'main', '--to', 'good');
    for (const args of [
      ['promote', 'HEAD', 'other', '--to', ''],
      ['push', '--to', ''],
      ['fetch', 'main', '--from', ''],
      ['sync', '--with', ''],
    ]) {
      const { code, stderr } = await folder.run(...args);
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, /Which store\?/);
    }
    const { stdout } = await folder.ok('remote', 'ls', 'good');
    assert.match(stdout, /^main /);
    assert.doesNotMatch(stdout, /^other/m);
  });

  test('a file that is none of the store’s: not "verify", but what helps there', async () => {
    await folder.ok('take');
    const wrong = join(tempDir(), 'wrong.json');
    writeFileSync(wrong, 'nonsense');
    writeFileSync(join(home, 'remotes.json'), 'nonsense');
    fileTree(folder.dir, { 'snapdir.json': '{\n "main": 1\n}\n' });
    const all: [string[], RegExp][] = [
      [['promote', 'HEAD', 'main', '--to', `file://${store}`], /remotes\.json.*remote add/],
      [['remote', 'ls'], /remotes\.json.*remote add/],
      [['merge-manifests', wrong], /wrong\.json.*Correct it there/],
      [['import', wrong], /wrong\.json.*not a gzip file.*[Ee]xport/],
    ];
    for (const [args, words] of all) {
      const said = await told(args);
      assert.match(said, words);
      assert.doesNotMatch(said, /snapdir verify/, args.join(' '));
    }
    rmSync(join(home, 'remotes.json'));
    const said = await told(['promote', 'HEAD', 'main', '--to', `file://${store}`]);
    assert.match(said, /snapdir\.json cannot be read \(line 2\).*Correct it there/);
  });

  test('exports: onto a file that is there, of a newer version, and one that gets too large', async () => {
    await folder.ok('take');
    const file = join(tempDir(), 'x.jsonl.gz');
    await folder.ok('export', file);
    const again = await told(['export', file]);
    assert.match(again, /exists already\. Choose another name/);
    assert.doesNotMatch(again, /overwrite/);
    const [header = ''] = gunzipSync(readFileSync(file)).toString().split('\n');
    writeFileSync(file, gzipSync(`${header.replace(/"v":\d+/, '"v":9')}\n`));
    const newer = await told(['import', file]);
    assert.match(newer, /The file was written by a newer version/);
    assert.doesNotMatch(newer, /The store/);
    // What says how large it gets is refused by that; what lies about it, when it gets larger.
    const bomb = gzipSync(Buffer.alloc(300 * 1024 * 1024), { level: 1 });
    const liar = Buffer.from(bomb);
    liar.writeUInt32LE(1000, liar.length - 4);
    const cut = gzipSync(header).subarray(0, -6);
    for (const [bytes, words] of [
      [bomb, /unpacked it is larger than/],
      [liar, /not whole, or damaged/],
      [cut, /not whole, or damaged/],
    ] as const) {
      writeFileSync(file, bytes);
      const said = await told(['import', file]);
      assert.match(said, words);
      assert.doesNotMatch(said, /not a gzip|verify/);
    }
    rmSync(file);
    assert.match(await told(['import', file]), /it is not there \(ENOENT\)\. Check its name/);
  });

  test('content that is missing here is told as such, and what may bring it back', async () => {
    await folder.ok('take');
    const objects = join(folder.dir, '.snapdir', '.objects');
    rmSync(objects, { recursive: true });
    fileTree(objects, {});
    const said = await told(['promote', 'HEAD', 'main', '--to', `file://${store}`]);
    assert.match(said, /no object .*content of a.*snapdir repair/);
    assert.doesNotMatch(said, /ENOENT/);
  });

  test('no Git program, and a repository of somebody else', async () => {
    await folder.ok('take');
    const nowhere = folderWith({ PATH: tempDir() });
    const missing = await told(['remote', 'test', 'git'], nowhere);
    assert.match(missing, /there is no Git program\. Install Git/);
    assert.doesNotMatch(missing, /git init/);
    if (process.getuid?.() !== 0) {
      return; // Only root can give a folder away.
    }
    execFileSync('git', ['init', '-q', folder.dir]);
    chownSync(folder.dir, 12345, 12345);
    chownSync(join(folder.dir, '.git'), 12345, 12345);
    const foreign = await told(['remote', 'test', 'git']);
    assert.match(foreign, /belongs to another user.*safe\.directory/);
    assert.doesNotMatch(foreign, /git init/);
  });

  test('an endpoint in the environment that is none: the variable is named', async () => {
    for (const endpoint of ['nonsense', 'localhost:9000', 'ftp://x']) {
      const of = folderWith({
        ...{ AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' },
        ...{ AWS_ENDPOINT_URL_S3: '', AWS_CONFIG_FILE: join(home, 'none') },
      });
      const said = await told(['remote', 'ls', 's3://bucket/x'], of);
      assert.match(
        said,
        /is not valid: it must begin with https:.*the variable AWS_ENDPOINT_URL\./,
      );
    }
  });

  test('a sign-in page in place of the store', async () => {
    const server = await new FaultServer().start();
    const env = {
      ...{ AWS_ENDPOINT_URL_S3: server.endpoint, AWS_REGION: 'us-east-1' },
      ...{ AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' },
    };
    const headers = { location: 'http://portal.example.org/' };
    for (const fault of [{ html: 511 }, { status: 302, headers }, { html: 302 }, { status: 511 }]) {
      server.fault = () => fault;
      const said = await told(['remote', 'ls', 's3://bucket/x'], folderWith(env));
      assert.match(said, /a proxy or sign-in page answered in its place/, JSON.stringify(fault));
    }
    await server.stop();
  });

  test('a name that cannot be read hides no other', async () => {
    await folder.ok('take');
    for (const name of ['main', 'other']) {
      await folder.ok('promote', 'HEAD', name, '--to', `file://${store}`);
    }
    const key = '.refs/main/99991231235959998-ffffffffffffffff';
    fileTree(store, { [key]: '{"v":2}\n', [headKey('main')]: '{"v":2}\n' });
    const { stdout } = await folder.ok('remote', 'ls', `file://${store}`);
    assert.match(stdout, /^other {2}[0-9a-f]{10} /m);
    assert.match(stdout, /^main {2}cannot be read: a newer version of Snapdir wrote it$/m);
    const listed = (await folder.ok('remote', 'ls', `file://${store}`, '--json')).json();
    assert.deepEqual(listed['unreadable'], [{ name: 'main', why: 'newer' }]);
    fileTree(folder.dir, { a: 'changed' });
    await folder.ok('take');
    const refused = await told(['promote', 'HEAD', 'main', '--to', `file://${store}`]);
    assert.match(refused, /newer version of Snapdir wrote it.*--force/);
    await folder.ok('promote', 'HEAD', 'main', '--to', `file://${store}`, '--force');
    assert.match(
      (await folder.ok('remote', 'ls', `file://${store}`)).stdout,
      /^main {2}[0-9a-f]{10}/m,
    );
  });
});
