import { strict as assert } from 'node:assert';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { quietControl } from '../../../../src/engine/context';
import { blake3 } from '../../../../src/engine/hashing/blake3';
import { objectPath } from '../../../../src/engine/store/objects';
import { restore } from '../../../../src/engine/worktree/restore/restore';
import { undo } from '../../../../src/engine/worktree/restore/undo';
import { loadHistory } from '../../../../src/engine/store/records';
import { makeRepo, rules, type Repo } from '../../../support/restoreRepo';

const recordsOf = ({ env, store }: Repo): readonly { kind: string; id: string }[] =>
  loadHistory(env, store).history.records;

suite('what the store lost is not displaced', () => {
  for (const paths of [undefined, ['a.txt'], ['dir']]) {
    test(`what a look takes for stored is read anew: ${paths?.join() ?? 'everything'}`, async () => {
      const repo = makeRepo({ 'a.txt': 'one', 'dir/b.txt': 'two' });
      const first = repo.take();
      repo.write({ 'a.txt': 'live a', 'dir/b.txt': 'live b' });
      // So old that the look of the next take believes their stat.
      await sleep(2_200);
      repo.take();
      for (const text of ['live a', 'live b']) {
        rmSync(objectPath(repo.store, blake3(Buffer.from(text))));
      }
      const text = (path: string): string => readFileSync(join(repo.root, path), 'utf8');
      const of = { rev: first.id, exact: false, rules, ...(paths === undefined ? {} : { paths }) };
      const before = recordsOf(repo).length;
      const { counts, safety } = restore(repo.env, repo.store, of, quietControl);
      assert.ok(counts.written > 0);
      // It was looked twice, and only the second look is a checkpoint: one record for it, one for the restore.
      const written = recordsOf(repo).slice(before);
      assert.deepEqual(
        written.map((record) => record.kind),
        ['take', 'restore'],
      );
      assert.equal(written[0]!.id, safety);
      const { failed } = undo(repo.env, repo.store, { what: 'undo', rules }, quietControl);
      assert.deepEqual(failed, []);
      assert.deepEqual([text('a.txt'), text('dir/b.txt')], ['live a', 'live b']);
    });
  }
});
