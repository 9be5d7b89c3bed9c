import assert from 'node:assert/strict';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isCancelled } from '../../../../src/base/abort';
import { quietControl } from '../../../../src/engine/context';
import { nodeFs } from '../../../../src/engine/disk/nodeFs';
import { ContentSearch } from '../../../../src/engine/transfer/searchContent';
import { makeRepo } from '../../../support/restoreRepo';
import { person, type Person } from '../../../support/people';
import { tempDir } from '../../../support/tempDir';

const PIECE = 256 * 1024;
const TOKEN = `ghp_${'a1B2'.repeat(9)}`;
const LINE = 'const cart = items.filter((one) => one.count > 0);\n';
const filler = (length: number): string => LINE.repeat(length / LINE.length + 1).slice(0, length);

suite('secrets in large files', () => {
  let one: Person;
  setup(() => {
    one = person('one', {});
  });

  /** Paths of the files in which something was found. */
  function found(spec: Record<string, string | Buffer>): string[] {
    one.write(spec);
    const params = { snapshot: one.take().snapshot, less: [], remote: 'memory:', paths: true };
    return one.methods
      .findSecrets(params, quietControl)
      .found.map(({ path, kind }) => `${path} ${kind}`)
      .sort();
  }

  test('are found wherever they stand, in two pieces as well', () => {
    const at = (offset: number): string => `${filler(offset)} ${TOKEN} ${filler(1000)}`;
    const spec: Record<string, string> = { deep: at(9_000_001), end: filler(5_000_000) + TOKEN };
    // Across the first edge, byte by byte, and across where the next piece begins.
    for (const edge of [PIECE, PIECE - 16_384]) {
      for (let back = -2; back <= TOKEN.length + 2; back++) {
        spec[`${edge}-${back}`] = at(edge - back);
      }
    }
    const names = Object.keys(spec).map((name) => `${name} github-token`);
    assert.deepEqual(found(spec), names.sort());
  });

  test('are none where a piece only makes them look so', () => {
    const spec: Record<string, string> = {};
    for (const edge of [PIECE, PIECE - 16_384]) {
      for (let back = -2; back <= 24; back++) {
        // Letters before it, or behind it: no key of AWS.
        spec[`before${edge}${back}`] = `${'X'.repeat(edge - back)}AKIA${'A'.repeat(16)} ${LINE}`;
        spec[`behind${edge}${back}`] = `${filler(edge - back)} AKIA${'A'.repeat(300)} ${LINE}`;
      }
    }
    assert.deepEqual(found(spec), []);
  });

  test('are found where what says so stands far away from them', () => {
    const login = '"auth": "dXNlcjpwYXNzd29yZA=="\n';
    const kube = 'token: abcdefgh1234\n';
    const between = `${filler(700_000)}\n`;
    assert.deepEqual(
      found({
        docker: `{ "auths": {}, \n${between}${login}`,
        'docker-turned': `${login}${between}{ "auths": {}`,
        'docker-alone': `${between}${login}`,
        kube: `kind: Config\n${between}${kube}`,
        'kube-turned': `${kube}${between}current-context: x\n`,
        'kube-alone': `${kube}${between}`,
      }),
      [
        ...['docker docker-login', 'docker-turned docker-login'],
        ...['kube kubernetes-login', 'kube-turned kubernetes-login'],
      ],
    );
  });

  test('are found in UTF-16, and not looked for in what is no text', () => {
    const text = `\ufeff${filler(400_000)}${TOKEN}\n`;
    const binary = Buffer.concat([Buffer.from([1, 0]), Buffer.from(`${filler(1_000)}${TOKEN}`)]);
    const utf16 = Buffer.from(text, 'utf16le');
    const turned = Buffer.from(utf16).swap16();
    // Without a mark, too: not where zeros stand in both places.
    const unmarked = utf16.subarray(2);
    const mixed = Buffer.concat([Buffer.from([0, 65]), unmarked]);
    const plain = Buffer.from(unmarked).swap16();
    assert.deepEqual(found({ utf16, turned, binary, unmarked, plain, mixed }), [
      ...['plain github-token', 'turned github-token'],
      ...['unmarked github-token', 'utf16 github-token'],
    ]);
  });

  test('do not fill the memory, and cancelling is answered at once', () => {
    const path = join(tempDir(), 'large');
    const fd = openSync(path, 'w');
    const part = Buffer.from(filler(1024 * 1024));
    for (let count = 0; count < 200; count++) {
      writeSync(fd, part);
    }
    closeSync(fd);
    let largest = 0;
    let reads = 0;
    const fs = Object.assign(Object.create(nodeFs) as typeof nodeFs, {
      read: (...args: Parameters<typeof nodeFs.read>) => {
        largest = Math.max(largest, args[1].length);
        reads++;
        return nodeFs.read(...args);
      },
    });
    const search = new ContentSearch({ ...makeRepo({}).env, fs });
    const signal = {
      get aborted(): boolean {
        return reads >= 3;
      },
    };
    assert.throws(() => search.kindIn(path, { ...quietControl, signal }), isCancelled);
    // By a clock it would be another number on every machine.
    assert.equal(reads, 3, 'no piece is read after it');
    assert.equal(largest, PIECE);
  });

  test('a text that is made to be slow is not', function () {
    this.timeout(300_000);
    const search = new ContentSearch(makeRepo({}).env);
    const slow = [
      'eyJ',
      'token',
      'a://b:',
      '-----BEGIN A A ',
      'secret: ',
      '"auth" ',
      'AKIA',
      'ya29.',
      ...[
        'a://',
        'a://:',
        'sk-',
        '.eyJ',
        '.eyJa',
        'Bearer ',
        'bearer  ',
        'password ',
        "password = 'a",
      ],
      ...[
        'curl ',
        'curl -u a:',
        'curl -u ',
        'machine a login b password ',
        'machine login ',
        'login ',
      ],
      ...[
        "define('password',",
        "define('",
        'password",',
        'key="secret" ',
        'secret"   value=',
        'key="',
      ],
    ];
    for (const text of slow) {
      const path = join(tempDir(), 'slow');
      const fd = openSync(path, 'w');
      writeSync(fd, text.repeat((2 * PIECE) / text.length));
      closeSync(fd);
      const began = performance.now();
      search.kindIn(path, quietControl);
      const took = performance.now() - began;
      // A tenth of a second where nothing else runs; a slow search takes minutes.
      assert.ok(took < 20_000, `${text}: ${Math.round(took)} ms`);
    }
  });
});

suite('files that only a name makes look like secrets', () => {
  const LONG = 'SETTING=of more than thirty-two characters\n';
  let one: Person;
  setup(() => {
    one = person('one', {});
  });

  /** What is found, then what is left once it is left out. */
  function leaveOut(spec: Record<string, string>): { found: string[]; kept: string[] } {
    one.write(spec);
    const { snapshot } = one.take();
    const { found, count } = one.methods.findSecrets(
      { snapshot, less: [], remote: 'memory:', paths: true },
      quietControl,
    );
    assert.equal(found.length, count);
    const checksums = found.filter(({ inside }) => inside).map(({ checksum }) => checksum);
    const paths = found.filter(({ inside }) => !inside).map(({ path }) => path);
    const left = one.methods.leaveOut({ snapshot, checksums, paths }, quietControl);
    assert.equal(left.count, count, 'nothing else goes than was told');
    assert.deepEqual([...left.leftOut].sort(), found.map(({ path }) => path).sort());
    const kept = Object.keys(spec).filter((path) => !left.leftOut.includes(path));
    return { found: found.map(({ path, kind }) => `${path} ${kind}`).sort(), kept: kept.sort() };
  }

  test('an empty file holds none', () => {
    const { found } = leaveOut({ '.env': '', 'pkg/__init__.py': '', '.gitkeep': '' });
    assert.deepEqual(found, []);
  });

  test('take no other small file with them that holds the same by chance', () => {
    const small = { 'credentials.json': '{}', 'data/empty.json': '{}', 'tsconfig.base.json': '{}' };
    const { found, kept } = leaveOut(small);
    assert.deepEqual(found, ['credentials.json credentials-file']);
    assert.deepEqual(kept, ['data/empty.json', 'tsconfig.base.json']);
  });

  test('are found with their copies, wherever those stand, but for what is made to be shown', () => {
    const { found, kept } = leaveOut({
      ...{ 'x/.env': LONG, 'a.txt': LONG, 'z/b.txt': LONG },
      ...{ '.env.example': LONG, 'c.txt': `${LONG}more` },
    });
    assert.deepEqual(found, ['a.txt secret-copy', 'x/.env env-file', 'z/b.txt secret-copy']);
    assert.deepEqual(kept, ['.env.example', 'c.txt']);
  });

  test('what the content shows goes wherever it is, whatever the name says', () => {
    const text = `TOKEN=${TOKEN}\n`;
    const { found, kept } = leaveOut({ '.env': text, '.env.example': text, 'a.txt': text, b: 'b' });
    assert.deepEqual(found, [
      ...['.env env-file', '.env.example github-token', 'a.txt github-token'],
    ]);
    assert.deepEqual(kept, ['b']);
  });

  test('copies are all listed before what they are copies of: no round leaves one over', () => {
    const copies = Array.from({ length: 600 }, (_, n) => [`copy${n}`, LONG] as const);
    one.write({ '.env': LONG, ...Object.fromEntries(copies) });
    let { snapshot } = one.take();
    const look = (): ReturnType<typeof one.methods.findSecrets> =>
      one.methods.findSecrets({ snapshot, less: [], remote: 'memory:', paths: true }, quietControl);
    let left = 0;
    for (let found = look(); found.count > 0; found = look()) {
      const paths = found.found.map(({ path }) => path);
      const rest = one.methods.leaveOut({ snapshot, checksums: [], paths }, quietControl);
      left += rest.count;
      snapshot = rest.snapshot;
    }
    assert.equal(left, 601);
  });
});
