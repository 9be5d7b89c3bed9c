import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quietControl as q } from '../../../../src/engine/context';
import { repositoryRoot } from '../../../support/paths';
import { person } from '../../../support/people';
import { tempDir } from '../../../support/tempDir';

/** What a process of these tests is told. */
export interface NoteOptions {
  root: string;
  remote: string;
  ids: string[];
  /** The file that lets it begin. */
  go: string;
}

const ENTRY = join(repositoryRoot, 'out/test/unit/engine/transfer/wholeNotes.entry.cjs');
const PROCESSES = 8;
/** As many notes as are kept, all together. */
const EACH = 64 / PROCESSES;

/** @returns when it is ready, and when it has ended well */
function start(options: NoteOptions): { ready: Promise<void>; done: Promise<void> } {
  const child = spawn(process.execPath, [ENTRY, JSON.stringify(options)]);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const done = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(said))));
  });
  const ready = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  return { ready: Promise.race([ready, done]), done };
}

suite('engine: what was seen to be whole in a remote', function () {
  this.timeout(120_000);

  test('processes that note it at the same time lose none of their notes', async () => {
    const alice = person('alice', { a: '1' });
    alice.take();
    const go = join(tempDir(), 'go');
    const ids = Array.from({ length: PROCESSES }, (_, p) =>
      Array.from({ length: EACH }, (_, n) => `${p}${n}`.padEnd(64, 'a')),
    );
    const remote = 'team';
    const all = ids.map((own) => start({ root: alice.root, remote, ids: own, go }));
    await Promise.all(all.map(({ ready }) => ready));
    writeFileSync(go, '');
    await Promise.all(all.map(({ done }) => done));
    const request = { rev: 'HEAD', remote, name: 'main' };
    const noted = (): string[] =>
      Object.keys(alice.methods.startPromotion(request, q).whole).sort();
    assert.deepEqual(noted(), ids.flat().sort());
    alice.methods.noteWhole({ remote, snapshot: null, at: 0, objects: 0 }, q);
    assert.deepEqual(noted(), []);
  });
});
