import { strict as assert } from 'node:assert';
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { directEngine, everything as rules, quietControl } from '../../../support/directEngine';
import { fileTree } from '../../../support/fileTree';
import { tempDir } from '../../../support/tempDir';

/** Everything in a folder that another user may see into, with its mode. */
function open(dir: string, found: { count: number; open: string[] }): typeof found {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name);
    const stat = lstatSync(path);
    found.count++;
    if ((stat.mode & 0o077) !== 0) {
      found.open.push(`${path.slice(path.indexOf('.snapdir'))} ${(stat.mode & 0o777).toString(8)}`);
    }
    if (stat.isDirectory()) {
      open(path, found);
    }
  }
  return found;
}

suite('a store', () => {
  let umask: number;
  setup(() => {
    umask = process.umask(0);
  });
  teardown(() => {
    process.umask(umask);
  });

  test('shows nobody else anything, whatever the umask is and whatever was done', function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`m/f${n}`, `text ${n}`]));
    const root = fileTree(tempDir(), { ...many, 'run.sh': { content: 'x', mode: 0o777 } });
    const engine = directEngine(root);
    const take = (trigger: 'manual' | 'auto'): string =>
      engine.take({ trigger, rules }, quietControl).checkpoint.id;
    const first = take('manual');
    fileTree(root, { 'm/f1': 'changed', 'large.bin': new Uint8Array(2 * 1024 * 1024) });
    const second = take('auto');
    engine.restore({ rev: first, exact: true, rules }, quietControl);
    engine.tag({ rev: 'HEAD', add: ['x'] }, quietControl);
    engine.fileHistory({ path: 'm/f1' }, quietControl);
    engine.delete({ revs: [second] }, quietControl);
    engine.collectGarbage({ dryRun: false, graceMs: 0 }, quietControl);
    engine.verify({ full: true }, quietControl);
    const store = join(root, '.snapdir');
    assert.equal(lstatSync(store).mode & 0o777, 0o700);
    const found = open(store, { count: 0, open: [] });
    assert.deepEqual(found.open, []);
    assert.ok(found.count > 200, String(found.count));
  });
});
