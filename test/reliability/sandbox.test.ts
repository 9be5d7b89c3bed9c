import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SnapdirError } from '../../src/core/errors';
import { blake3 } from '../../src/engine/hashing/blake3';
import { directEngine, everything, quietControl } from '../support/directEngine';
import { fileTree, readTree } from '../support/fileTree';
import { plantManifest } from '../support/foreignStore';
import { forgedManifest } from './support/corpus';
import { report, scaled, SEED } from './support/figures';
import { Dice } from './support/mutate';
import { ramDir } from './support/ram';

const CONTENTS = ['', 'one', 'two'];
const contents = CONTENTS.map((text) => ({
  checksum: blake3(Buffer.from(text)),
  size: text.length,
}));
/** One in so many is restored in place, over a folder with a `.git`. */
const IN_PLACE = 8;
/** A store that grows makes every restore slower. */
const FRESH = 400;

/** A folder to restore from and into, with things around it that must stay as they are. */
class Sandbox {
  readonly top = ramDir();
  readonly repo = join(this.top, 'a', 'repo');
  readonly out = join(this.top, 'a', 'out');
  readonly engine = directEngine(this.repo);
  private readonly around: string;

  constructor() {
    fileTree(this.top, {
      canary: 'c',
      etc: { passwd: 'p' },
      a: { '.git': { config: 'g' }, evil: 'e' },
    });
    fileTree(this.repo, { '.git': { config: 'mine', HEAD: 'ref' }, '.hg': { x: 'y' } });
    CONTENTS.forEach((text, index) => fileTree(this.repo, { [`f${index}`]: text }));
    this.engine.take({ trigger: 'manual', rules: everything }, quietControl);
    this.around = this.look();
  }

  /** Everything but what a restore may change. */
  private look(): string {
    const beside = readdirSync(join(this.top, 'a')).filter((name) => name !== 'out');
    const all = [
      ...[readdirSync(this.top).sort(), beside.sort(), readTree(join(this.top, 'etc'))],
      ...[readTree(join(this.top, 'a', '.git')), readTree(join(this.repo, '.git'))],
      ...[readTree(join(this.repo, '.hg')), readFileSync(join(this.top, 'canary'), 'utf8')],
      readFileSync(join(this.repo, '.snapdir', 'FORMAT'), 'utf8'),
      readdirSync(join(this.repo, '.snapdir')).filter(
        (name) => name !== 'unsynced' && name !== 'damaged',
      ),
    ];
    return JSON.stringify(all);
  }

  /** @returns whether it was restored; it may also be refused */
  restore(id: string, inPlace: boolean): boolean {
    try {
      if (inPlace) {
        const request = { rev: id, exact: true, rules: everything };
        this.engine.restore(request, quietControl);
      } else {
        const request = { rev: id, mode: 'safe' as const, destination: this.out };
        this.engine.restoreTo(request, quietControl);
      }
      return true;
    } catch (error) {
      if (!SnapdirError.is(error)) {
        throw error;
      }
      return false;
    }
  }

  check(where: string): void {
    assert.equal(this.look(), this.around, where);
    assertHarmless(this.out, where);
    rmSync(this.out, { recursive: true, force: true });
  }
}

/** Nothing that was written is, or stands for, a folder of a version control tool; nothing is set-uid, or for others to write to. */
function assertHarmless(folder: string, where: string, top = folder): void {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) {
    return;
  }
  assert.equal(stat.mode & 0o7000, 0, `${where}: ${folder}`);
  // The folder that was asked for has what modes its maker gave it.
  if (top !== folder && !stat.isSymbolicLink()) {
    assert.equal(stat.mode & 0o022, 0, `${where}: others may write to ${folder}`);
  }
  if (stat.isDirectory()) {
    for (const name of readdirSync(folder)) {
      const plain = name
        .toLowerCase()
        .replace(/[\u200c-\u200f\ufeff]/g, '')
        .replace(/[:. ].*$/, '');
      const dotted = /^\.(git|hg|svn|jj|snapdir)([:. ].*)?$/i.test(
        name.replace(/[\u200c-\u200f\ufeff]/g, ''),
      );
      assert.ok(!dotted && !/^git~\d/.test(plain), `${where}: ${JSON.stringify(name)}`);
      assertHarmless(join(folder, name), where, top);
    }
  }
}

suite('T7: hostile manifests restored', function () {
  this.timeout(3_600_000);

  test('nothing outside of the target changes, no protected name is written', () => {
    const count = scaled(50_000);
    const dice = new Dice(SEED);
    const root = readdirSync('/').sort().join();
    let restored = 0;
    let box = new Sandbox();
    for (let n = 0; n < count; n++) {
      const bytes = forgedManifest(dice, contents);
      const id = blake3(bytes);
      plantManifest(box.repo, id, bytes);
      mkdirSync(box.out, { recursive: true });
      const where = `seed ${SEED}, restore ${n}: ${bytes.toString('utf8')}`;
      restored += box.restore(id, n % IN_PLACE === 0) ? 1 : 0;
      box.check(where);
      if (n % FRESH === FRESH - 1) {
        rmSync(box.top, { recursive: true, force: true });
        box = new Sandbox();
      }
    }
    assert.equal(readdirSync('/').sort().join(), root);
    assert.ok(restored > count / 10 && restored < count, `${restored} were restored`);
    const note = `${restored} restored, ${count - restored} refused, 0 escapes`;
    report({ test: 'T7', what: 'sandboxed restores', count, broken: 0, note });
  });
});
