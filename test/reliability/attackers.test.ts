import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { SnapdirError } from '../../src/core/errors';
import { errnoOf } from '../../src/engine/disk/fsErrors';
import { blake3 } from '../../src/engine/hashing/blake3';
import { directEngine, everything, quietControl } from '../support/directEngine';
import { fileTree, readTree } from '../support/fileTree';
import { shard } from '../support/foreignStore';
import { repositoryRoot } from '../support/paths';
import { report, scaled } from './support/figures';
import { ramDir } from './support/ram';

const source = join(repositoryRoot, 'test', 'reliability', 'support', 'swapper.c');
const why =
  process.platform !== 'linux'
    ? 'only Linux can swap two names at once'
    : spawnSync('cc', ['--version']).status !== 0
      ? 'no C compiler'
      : undefined;

/** What the attacker wants to be read, and to be overwritten. */
const SECRET = 'a secret that lies outside\n';
const FILES = ['f1', 'f2', 'sub/f3'];
/** Longer than any operation may take on so few files. */
const HANG_MS = 20_000;

class Arena {
  readonly top = ramDir();
  readonly root = join(this.top, 'work');
  readonly outside = join(this.top, 'outside');
  private readonly before: Record<string, string>;
  readonly ids: string[] = [];
  readonly counts = { done: 0, refused: 0 };

  constructor() {
    for (const file of FILES) {
      fileTree(this.outside, { [file]: SECRET });
    }
    for (const text of ['one', 'two']) {
      for (const file of FILES) {
        fileTree(join(this.root, 'a'), { [file]: `${text} ${file}` });
      }
      fileTree(this.root, { top: text, 'b/x': text });
      const request = { trigger: 'manual' as const, rules: everything };
      this.ids.push(this.engine().take(request, quietControl).checkpoint.id);
    }
    this.before = readTree(this.outside, { modes: true });
  }

  engine(): ReturnType<typeof directEngine> {
    return directEngine(this.root);
  }

  /** One round of everything that reads or writes; each may be refused. */
  round(n: number): void {
    const engine = this.engine();
    const rev = this.ids[n % 2]!;
    const copy = join(this.root, 'a', 'copy');
    const all: (() => unknown)[] = [
      () => engine.take({ trigger: 'manual', rules: everything }, quietControl),
      () => engine.restore({ rev, exact: true, rules: everything }, quietControl),
      () => engine.restoreTo({ rev, mode: 'at', destination: copy }, quietControl),
      () => engine.restore({ rev, exact: false, paths: ['a'], rules: everything }, quietControl),
      () => engine.compare({ left: rev, right: 'live', rules: everything }, quietControl),
      () => engine.collectGarbage({ dryRun: false, graceMs: 0 }, quietControl),
      () => engine.recoverRestore({ action: 'undo', rules: everything }, quietControl),
    ];
    for (const one of all) {
      const begun = performance.now();
      try {
        one();
        this.counts.done++;
      } catch (error) {
        assert.ok(SnapdirError.is(error) || errnoOf(error) !== undefined, (error as Error).stack);
        this.counts.refused++;
      }
      assert.ok(performance.now() - begun < HANG_MS, 'hangs');
    }
  }

  /** Nothing outside was changed, nothing outside was read into the store. */
  check(): void {
    assert.deepEqual(readTree(this.outside, { modes: true }), this.before);
    const beside = readdirSync(this.top).filter((name) => name !== 'spare');
    assert.deepEqual(beside.sort(), ['outside', 'work']);
    const secret = join('.objects', shard(blake3(Buffer.from(SECRET))));
    assert.ok(!existsSync(join(this.root, '.snapdir', secret)), 'the secret was read');
  }
}

function attack(swapper: string, names: [string, string], swaps: number): ChildProcess {
  return spawn(swapper, [...names, String(swaps)], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Runs rounds while attackers swap names. @returns how many swaps there were */
async function underAttack(
  arena: Arena,
  attackers: ChildProcess[],
  before: () => void,
): Promise<number> {
  let swaps = 0;
  let running = attackers.length;
  const exits: string[] = [];
  const ended = attackers.map(
    (one) =>
      new Promise<void>((resolve) => {
        let text = '';
        one.stdout!.on('data', (chunk: Buffer) => (text += chunk.toString()));
        one.on('close', (code, signal) => {
          swaps += Number(/(\d+)\n$/.exec(text)?.[1] ?? 0);
          exits.push(signal ?? `exit ${String(code)}`);
          running--;
          resolve();
        });
      }),
  );
  try {
    for (let n = 0; running > 0; n++) {
      paused(attackers, before);
      arena.round(n);
      arena.check();
      // Lets the ends of attackers be heard.
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    attackers.forEach((one) => one.kill('SIGKILL'));
    await Promise.all(ended);
  }
  // One that could not swap, or gave up, attacked nobody.
  assert.deepEqual([...new Set(exits)], ['exit 0']);
  return swaps;
}

/** What the test itself does must not run into the traps: removing a folder by its path follows a swapped one. */
function paused(attackers: readonly ChildProcess[], work: () => void): void {
  attackers.forEach((one) => one.kill('SIGSTOP'));
  attackers.forEach(({ pid }) => {
    while (isRunning(pid!)) {
      // The signal is on its way.
    }
  });
  try {
    work();
  } finally {
    attackers.forEach((one) => one.kill('SIGCONT'));
  }
}

/** Neither stopped nor gone. */
function isRunning(pid: number): boolean {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^ [TtZX]/.test(text.slice(text.lastIndexOf(')') + 1));
  } catch {
    return false;
  }
}

/** No trap, or nothing at all. */
function isPlain(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat === undefined || stat.isDirectory() || stat.isFile();
}

function tryRemove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    assert.ok(errnoOf(error) !== undefined, String(error));
  }
}

/** The attackers swap meanwhile: what was not there a moment ago may be. */
function trySymlink(target: string, path: string): void {
  try {
    symlinkSync(target, path);
  } catch (error) {
    assert.equal(errnoOf(error), 'EEXIST');
  }
}

suite(`T8: attackers${why === undefined ? '' : ` (skipped: ${why})`}`, function () {
  this.timeout(3_600_000);
  let swapper = '';

  suiteSetup(function () {
    if (why !== undefined) {
      this.skip();
    }
    swapper = join(ramDir(), 'swapper');
    execFileSync('cc', ['-O1', '-o', swapper, source]);
  });

  /** Swaps a name in the folder for a trap that lies beside the folder, where no restore tidies it away. */
  function attacked(
    what: string,
    name: string,
    full: number,
    setTrap: (arena: Arena, at: string) => void,
  ): void {
    test(what, async () => {
      const arena = new Arena();
      const [victim, trap] = [join(arena.root, name), join(arena.top, 'spare')];
      setTrap(arena, trap);
      const swaps = await underAttack(
        arena,
        [attack(swapper, [victim, trap], scaled(full))],
        () => {
          // A restore may have put the right thing where the trap was: then there is nothing to attack with.
          if (isPlain(victim) && isPlain(trap)) {
            tryRemove(trap);
            setTrap(arena, trap);
          }
        },
      );
      const { done, refused } = arena.counts;
      const note = `${done} operations done, ${refused} refused`;
      report({ test: 'T8', what: `swaps of ${what}`, count: swaps, broken: 0, note });
      assert.equal(swaps, scaled(full));
      assert.ok(done > 0, 'every operation was refused');
    });
  }

  attacked('a folder and a link to another place', 'a', 600_000, (arena, at) => {
    trySymlink(arena.outside, at);
  });
  attacked('a folder below and a link to another place', 'a/sub', 200_000, (arena, at) => {
    trySymlink(join(arena.outside, 'sub'), at);
  });
  attacked('a file and a link to another file', 'a/f1', 100_000, (arena, at) => {
    trySymlink(join(arena.outside, 'f1'), at);
  });
  attacked('a file and a pipe', 'b/x', 100_000, (_, at) => {
    spawnSync('mkfifo', [at]);
  });
});
