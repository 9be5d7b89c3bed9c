import { strict as assert } from 'node:assert';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { quietControl } from '../../src/engine/context';
import { directEngine } from '../support/directEngine';
import { fileTree } from '../support/fileTree';
import { filesBelow } from './support/damage';
import { same } from './support/afterwards';
import { filesIn, viewDisk } from './support/diskView';
import { hasTool } from './support/disks';
import { report, scaled, SEED } from './support/figures';
import { HOME } from './support/home';
import { command } from './support/kills';
import { ramDir } from './support/ram';
import { Random } from './support/random';
import type { Files } from './support/workload';

/**
 * T12 with the real command: its clock (libfaketime) is another one each time, up to ten years from the file
 * system's, which nobody sets. Snapshots stay in the order in which they were taken, and nothing is set aside, or
 * taken off the list, that is as young as everything here really is.
 */
const OFFSETS = ['-10y', '-400d', '-25h', '-70m', '+0', '+70m', '+25h', '+20d', '+400d', '+10y'];
const COMMANDS = 8;

const why =
  process.platform === 'linux' && hasTool('faketime') ? undefined : 'needs Linux and faketime';

class Person {
  readonly root = join(ramDir(), 'folder');
  readonly broken: string[] = [];
  readonly taken: string[] = [];
  private readonly states = new Map<string, Files>();
  private readonly random: Random;
  refused = 0;
  done = 0;

  constructor(random: Random) {
    this.random = random;
    fileTree(this.root, { a: 'a', 'b/c': 'c', 'b/d': 'd' });
  }

  async step(): Promise<void> {
    const dice = this.random.next();
    if (this.taken.length < 2 || dice < 0.5) {
      await this.take();
    } else if (dice < 0.75) {
      await this.run('gc', '--yes');
    } else if (dice < 0.85) {
      await this.run('prune', '--keep-last', '50', '--yes');
    } else {
      await this.restore();
    }
    this.look();
  }

  private async run(...args: string[]): Promise<string | undefined> {
    const env = { DONT_FAKE_MONOTONIC: '1', NO_FAKE_STAT: '1' };
    const offset = this.random.pick(OFFSETS);
    const wrap = ['faketime', '-f', offset];
    const { code, stdout, stderr } = await command(this.root, args, { wrap, env });
    this.done++;
    if (code === 0) {
      return stdout;
    }
    this.refused++;
    // What it does not believe it says, and does nothing.
    if (!/^(gc|prune)$/.test(args[0]!) || !/clock|not used for 30 days/.test(stderr)) {
      this.broken.push(`${args.join(' ')} at ${offset}: exit ${String(code)} ${stderr}`);
    }
    return undefined;
  }

  private async take(): Promise<void> {
    fileTree(this.root, { [this.random.pick(['a', 'b/c', 'new'])]: `${this.random.next()}` });
    const id = /^[0-9a-f]{64}$/m.exec((await this.run('take', '-q')) ?? '')?.[0];
    if (id !== undefined) {
      this.taken.push(id);
      this.states.set(id, filesIn(this.root));
    }
  }

  private async restore(): Promise<void> {
    const before = filesIn(this.root);
    const rev = this.random.pick(this.taken);
    await this.run('restore', rev, '--exact', '--yes');
    if (!same(filesIn(this.root), this.states.get(rev)!)) {
      this.broken.push('a restore did not bring back what was taken');
    }
    const safety = this.listed().at(-1)!;
    if (!this.states.has(safety)) {
      this.taken.push(safety);
      this.states.set(safety, before);
    }
  }

  private listed(): string[] {
    const { checkpoints } = directEngine(this.root, { home: HOME }).timeline({}, quietControl);
    return checkpoints.map(({ id }) => id as string).reverse();
  }

  private look(): void {
    const listed = this.listed();
    if (listed.join() !== this.taken.join()) {
      this.broken.push(`the order is another, or something is missing: ${listed.join()}`);
    }
    const view = viewDisk(this.root);
    this.broken.push(...view.broken);
    for (const [id, files] of this.states) {
      if (!view.listed.has(id) || !same(view.files(id), files)) {
        this.broken.push(`${id.slice(0, 8)} does not hold what was taken`);
      }
    }
    const dir = join(this.root, '.snapdir', 'trash');
    const trash = existsSync(dir) ? filesBelow(dir) : [];
    this.broken.push(...trash.map((path) => `too young to be set aside: ${path}`));
  }
}

suite('T12: a command whose clock is wrong', function () {
  this.timeout(3_600_000);

  test(`the order stays, nothing goes too early${why === undefined ? '' : ` (skipped: ${why})`}`, async function () {
    if (why !== undefined) {
      this.skip();
    }
    const folders = scaled(60, 2);
    const broken: string[] = [];
    let done = 0;
    let refused = 0;
    for (let n = 0; n < folders; n++) {
      const seed = SEED * 1000 + n;
      const one = new Person(new Random(seed));
      for (let step = 0; step < COMMANDS && one.broken.length === 0; step++) {
        await one.step();
      }
      done += one.done;
      refused += one.refused;
      broken.push(...one.broken.map((what) => `seed ${seed}: ${what}`));
    }
    const note = `${done} commands, of which ${refused} did not believe the clock`;
    const what = 'folders with commands whose clock is wrong';
    report({ test: 'T12', what, count: folders, broken: broken.length, note });
    assert.deepEqual(broken.slice(0, 10), []);
  });
});
