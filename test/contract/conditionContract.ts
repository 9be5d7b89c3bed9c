import assert from 'node:assert/strict';
import { SnapdirError } from '../../src/core/errors';
import type { PermanentStore } from '../../src/core/permanentStore';
import { skipWithout } from '../support/testServers';
import { failsWith, text } from './helpers';

/** What a suite is run on. Every store must be empty, or begin with a prefix of its own. */
export interface Subject {
  /** Opens the store; several openings are of the same one, as several people have it. */
  open(): Promise<PermanentStore>;
  /** Whether it keeps conditions. */
  conditional: boolean;
  /** False: it keeps them of one who comes after the other, and is known not to in a race. */
  inRaces?: false;
  /** How many keys make more than one page. */
  manyKeys?: number;
  /** Nothing tries again: a server may say in a race that it is in trouble. */
  raw?: boolean;
}

/** What a running suite has. */
export interface Running {
  subject: Subject;
  store: PermanentStore;
  /** A key that nobody has. */
  fresh: () => string;
}

/** What stores promise that keep conditions, and those that do not. */
export function conditionContract(running: () => Running): void {
  let subject: Subject;
  let store: PermanentStore;
  let fresh: () => string;
  setup(() => {
    ({ subject, store, fresh } = running());
  });

  suite('conditions', () => {
    setup(function () {
      if (!subject.conditional) {
        this.skip();
      }
    });

    test('are kept', async () => {
      assert.deepEqual(await store.capabilities(), { conditional: true });
      const key = fresh();
      const ifAbsent = { condition: { ifAbsent: true } } as const;
      const { version } = await store.put(key, text('one'), ifAbsent);
      assert.ok(version !== undefined);
      await failsWith('REMOTE_CONFLICT', () => store.put(key, text('two'), ifAbsent));
      assert.equal(Buffer.from((await store.get(key)).bytes).toString(), 'one');
      const next = await store.put(key, text('two'), { condition: { ifVersion: version } });
      await failsWith('REMOTE_CONFLICT', () =>
        store.put(key, text('three'), { condition: { ifVersion: version } }),
      );
      assert.equal(Buffer.from((await store.get(key)).bytes).toString(), 'two');
      const known = (await store.head(key))?.version ?? '';
      assert.equal(known, next.version);
      await store.put(key, text('three'), { condition: { ifVersion: known } });
      await failsWith('REMOTE_CONFLICT', () =>
        store.put(fresh(), text('x'), { condition: { ifVersion: version } }),
      );
    });

    test('of 20 who create, one wins; of 20 who replace, one wins', async function () {
      if (subject.inRaces === false) {
        skipWithout(this, 'this server lets two of 20 writers win now and then');
      }
      const stores = await Promise.all(Array.from({ length: 4 }, () => subject.open()));
      for (let round = 0; round < 3; round++) {
        const key = fresh();
        const race = async (
          condition: { ifAbsent: true } | { ifVersion: string },
          word: string,
        ): Promise<void> => {
          const ends = await Promise.allSettled(
            Array.from({ length: 20 }, (_, i) =>
              stores[i % 4]!.put(key, text(`${word} ${i}`), { condition }),
            ),
          );
          const winners = ends.flatMap((end, i) => (end.status === 'fulfilled' ? [i] : []));
          const others = ends.flatMap((end) => (end.status === 'rejected' ? [end] : []));
          assert.equal(winners.length, 1);
          for (const { reason } of others) {
            const trouble = subject.raw === true && SnapdirError.is(reason, 'REMOTE_FAILED');
            assert.ok(trouble || SnapdirError.is(reason, 'REMOTE_CONFLICT'), String(reason));
          }
          const { bytes } = await store.get(key);
          assert.equal(Buffer.from(bytes).toString(), `${word} ${winners[0]}`);
        };
        await race({ ifAbsent: true }, 'create');
        await race({ ifVersion: (await store.head(key))?.version ?? '' }, 'replace');
      }
      await Promise.all(stores.map((one) => one.close()));
    });
  });

  test('a store that keeps no conditions says so, and refuses them', async function () {
    if (subject.conditional) {
      this.skip();
    }
    assert.deepEqual(await store.capabilities(), { conditional: false });
    const key = fresh();
    await failsWith('REMOTE_NO_CONDITIONS', () =>
      store.put(key, text('x'), { condition: { ifAbsent: true } }),
    );
    assert.equal(await store.head(key), undefined);
  });
}
