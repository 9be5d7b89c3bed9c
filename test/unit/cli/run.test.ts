import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { Repository } from '../../../src/app/repository';
import { commands } from '../../../src/cli/commandTable';
import { RemoteBook } from '../../../src/cli/remoteBook';
import { run, type Host } from '../../../src/cli/run';
import type { Engine, EngineMethod, TimelinePage } from '../../../src/core/engine';
import { SnapdirError } from '../../../src/core/errors';
import { DEFAULT_EXCLUDES } from '../../../src/core/excludeDefaults';
import type { ExcludeRules } from '../../../src/core/records';

type Answers = { [M in EngineMethod]?: (params: never) => unknown };
interface Call {
  method: string;
  params: Record<string, unknown>;
}

const page: TimelinePage = {
  checkpoints: [],
  head: null,
  wholeTaken: true,
  total: 0,
  refs: {},
  tags: [],
  undoable: null,
  redoable: null,
  undo: null,
  redo: null,
  pendingRestore: null,
};

/** An engine that answers from a table and remembers what it was asked. */
function fakeEngine(answers: Answers): { engine: Engine; calls: Call[]; closed: () => number } {
  const calls: Call[] = [];
  let closed = 0;
  const known: Answers = {
    status: () => ({ exists: true, storeId: null, readOnly: null, foreign: false, vanished: null }),
    timeline: () => page,
    ...answers,
  };
  const engine = new Proxy(
    { location: { root: '/x' }, close: () => Promise.resolve(void closed++) },
    {
      get: (target, name: string) =>
        name in target
          ? target[name as keyof typeof target]
          : (params: Record<string, unknown>) => {
              calls.push({ method: name, params });
              const answer = known[name as EngineMethod];
              return answer === undefined
                ? Promise.reject(new Error(`nobody answers ${name}`))
                : Promise.resolve().then(() => answer(params as never));
            },
    },
  ) as unknown as Engine;
  return { engine, calls, closed: () => closed };
}

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
  calls: Call[];
  closed: number;
  opened: { root: string; store?: string; rules: ExcludeRules }[];
}

async function runWith(argv: string[], answers: Answers = {}): Promise<Ran> {
  const { engine, calls, closed } = fakeEngine(answers);
  const opened: Ran['opened'] = [];
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const host: Host = {
    version: '1.2.3',
    cwd: '/no/such/folder',
    env: {},
    streams: { stdin: new PassThrough(), stdout, stderr },
    clock: { now: () => 0 },
    signal: new AbortController().signal,
    commands,
    remotes: new RemoteBook({
      read: () => ({ remotes: {} }),
      change: () => undefined,
      openStore: () => Promise.reject(new Error('no stores here')),
      openGit: () => Promise.reject(new Error('no Git here')),
      hasGitPromotions: () => Promise.resolve(false),
      env: {},
    }),
    open: (options) => {
      opened.push(options);
      const settings = (): { rules: ExcludeRules; maxFileSize: number } => ({
        rules: options.rules,
        maxFileSize: 0,
      });
      return new Repository({ engine, name: 'x', settings });
    },
  };
  const code = await run(argv, host);
  const text = (stream: PassThrough): string => String((stream.read() as Buffer | null) ?? '');
  return { code, stdout: text(stdout), stderr: text(stderr), calls, closed: closed(), opened };
}

suite('cli: running a command', () => {
  test('an interrupted restore is told with each command, on standard error', async () => {
    const pendingRestore = { journal: 'j', checkpoint: null, scope: null, started: 0 };
    const timeline = (): TimelinePage => ({ ...page, pendingRestore });
    for (const argv of [['list'], ['list', '--json'], ['stats', '-q']]) {
      const ran = await runWith(argv, { timeline, stats: () => ({ head: null }) });
      assert.match(ran.stderr, /interrupted.*recover --finish.*recover --undo/);
      assert.ok(!ran.stdout.includes('interrupted'));
    }
    const fresh = await runWith(['list'], {
      timeline,
      status: () => ({
        exists: false,
        storeId: null,
        readOnly: null,
        foreign: false,
        vanished: null,
      }),
    });
    assert.equal(fresh.stderr, '');
  });

  test('the engine is closed, whatever happens', async () => {
    const good = await runWith(['list']);
    assert.ok(good.code === 0 && good.closed > 0);
    const failed = await runWith(['verify'], {
      verify: () => {
        throw new SnapdirError('STORE_NOT_FOUND', { path: '/x/.snapdir' });
      },
    });
    assert.ok(failed.code === 3 && failed.closed > 0);
    assert.match(failed.stderr, /^snapdir: There is no snapshot store at \/x\/\.snapdir\./);
  });

  test('a fault of the program is told as one, without a stack', async () => {
    const ran = await runWith(['verify', '--json'], {
      verify: () => {
        throw new TypeError('x is not a function');
      },
    });
    assert.equal(ran.code, 3);
    const { error } = JSON.parse(ran.stdout) as { error: { code: string; message: string } };
    assert.equal(error.code, 'INTERNAL');
    assert.ok(!/\n\s+at /.test(ran.stderr));
  });

  test('-C and --store are made absolute, --no-ignore reaches the rules', async () => {
    const patterns = [...DEFAULT_EXCLUDES];
    const plain = await runWith(['list']);
    assert.deepEqual(plain.opened, [
      { root: '/no/such/folder', rules: { useIgnoreFiles: true, patterns, noIgnore: false } },
    ]);
    const ran = await runWith(['-C', 'sub', 'list', '--no-ignore', '--store', '../s']);
    assert.deepEqual(ran.opened, [
      {
        root: '/no/such/folder/sub',
        store: '/no/such/folder/s',
        rules: { useIgnoreFiles: true, patterns, noIgnore: true },
      },
    ]);
  });

  test('a take may run on the own thread, one that reads everything may not', async () => {
    const quick = async (argv: string[]): Promise<unknown> =>
      ((await runWith(argv)).opened[0] as { quick?: boolean }).quick;
    assert.deepEqual(
      [await quick(['take']), await quick(['take', '--rehash']), await quick(['list'])],
      [true, undefined, undefined],
    );
  });

  test('restore with --yes plans nothing; a plan that was agreed to is named by its fingerprint', async () => {
    const plan = {
      fingerprint: 'f',
      checkpoint: null,
      snapshot: 'ab'.repeat(32),
      paths: null,
      exact: false,
      counts: { create: 0, overwrite: 0, delete: 0, left: 0, unchanged: 3 },
      bytes: 0,
      items: [],
      truncated: false,
      withheld: [],
      changedOwner: [],
    };
    const restore = (): unknown => ({
      operation: null,
      safety: null,
      counts: { written: 0, deleted: 0, left: 0, unchanged: 3, failed: 0 },
      failed: [],
      conflicts: [],
      withheld: [],
      changedOwner: [],
    });
    const asked = await runWith(['restore', 'HEAD'], { planRestore: () => plan, restore });
    assert.equal(asked.code, 0, 'a plan that changes nothing needs no question');
    assert.equal(
      asked.calls.find(({ method }) => method === 'restore')?.params['fingerprint'],
      'f',
    );
    const yes = await runWith(['restore', 'HEAD', '-y', '-C', '/no'], { restore });
    assert.deepEqual(
      yes.calls.map(({ method }) => method).filter((method) => method.includes('estore')),
      ['restore'],
    );
  });

  test('failed and conflicting files of a restore: listed, exit status 1', async () => {
    const restore = (): unknown => ({
      operation: 'cd'.repeat(32),
      safety: 'ab'.repeat(32),
      counts: { written: 1, deleted: 0, left: 0, unchanged: 0, failed: 1 },
      failed: [{ path: 'bad\u001bname', reason: 'EACCES' }],
      conflicts: ['kept.txt'],
      withheld: [],
      changedOwner: [],
    });
    const ran = await runWith(['restore', 'HEAD', '--yes'], { restore });
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, /1 could not be restored:\n {2}"bad\\u001bname": EACCES\n/);
    assert.match(ran.stderr, /1 changed while restoring.*\n {2}kept\.txt\n/);
    assert.match(ran.stdout, /Restored: 1 written.*kept in abababab/);
  });

  test('pages of the timeline are put together', async () => {
    const checkpoint = (n: number): unknown => ({
      ...{
        id: String(n).repeat(64),
        snapshot: 'a'.repeat(64),
        parent: null,
        time: n,
        message: `m${n}`,
      },
      ...{ author: 'a', tags: [], trigger: 'cli', scope: null, skipped: 0, unstable: 0, refs: [] },
      stats: { files: 1, bytes: 1, added: 0, deleted: 0, modified: 0, renamed: 0 },
      isHead: n === 3,
    });
    const timeline = ({ before }: { before?: string }): unknown =>
      before === undefined
        ? { ...page, total: 3, checkpoints: [checkpoint(3), checkpoint(2)], next: '2'.repeat(64) }
        : { ...page, total: 3, checkpoints: [checkpoint(1)] };
    const ran = await runWith(['list', '--json'], { timeline });
    const document = JSON.parse(ran.stdout) as { checkpoints: { message: string }[] };
    assert.deepEqual(
      document.checkpoints.map(({ message }) => message),
      ['m3', 'm2', 'm1'],
    );
    assert.ok(!('next' in document));
    assert.equal((await runWith(['list'], { timeline })).stdout.split('\n').length, 5);
  });
});
