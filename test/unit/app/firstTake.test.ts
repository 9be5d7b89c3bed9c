import assert from 'node:assert/strict';
import { systemClock } from '../../../src/base/clock';
import { fetchSnapshot } from '../../../src/app/fetchSnapshot';
import { firstTakeConcern } from '../../../src/app/firstTake';
import { quietControl as q } from '../../../src/engine/context';
import { MemoryStore } from '../../../src/stores/memory/memoryStore';
import { person, promote } from '../../support/people';
import { rules } from '../../support/restoreRepo';

/** With a folder as this person's home: the system asks these variables. */
async function atHome(folder: string, work: () => Promise<void>): Promise<void> {
  const { HOME, USERPROFILE } = process.env;
  Object.assign(process.env, { HOME: folder, USERPROFILE: folder });
  try {
    await work();
  } finally {
    for (const [name, value] of Object.entries({ HOME, USERPROFILE })) {
      if (value === undefined) {
        Reflect.deleteProperty(process.env, name);
      } else {
        process.env[name] = value;
      }
    }
  }
}

suite('what is asked about before a first snapshot', () => {
  test('a home folder as a whole, also after a snapshot of one folder in it', async () => {
    const ada = person('ada', { 'small/a.txt': 'a', 'b.txt': 'b' });
    await atHome(ada.root, async () => {
      const concern = async (folder?: string): Promise<string | null | undefined> =>
        (await firstTakeConcern(ada.repository, folder))?.place;
      assert.equal(await concern('small'), undefined);
      assert.equal(await concern(), 'home');
      ada.methods.take({ trigger: 'manual', scope: ['small'], rules }, q);
      assert.equal(await concern(), 'home');
      assert.equal(await concern(''), 'home');
      assert.equal(await concern('small'), undefined);
      ada.take('agreed to');
      assert.equal(await concern(), undefined, 'a later one is never held up');
    });
  });

  test('… or after somebody else’s snapshot was fetched into it', async () => {
    const store = new MemoryStore(systemClock);
    const [ada, bob] = [person('ada', { 'a.txt': 'a' }), person('bob', { 'b.txt': 'b' })];
    ada.take('hers');
    await promote(ada, store);
    await fetchSnapshot(bob.repository, { name: 'team', store }, { name: 'main' });
    await atHome(bob.root, async () => {
      assert.equal((await firstTakeConcern(bob.repository, undefined))?.place, 'home');
      // As what is brought back out of an opened copy is captured: it has no origin.
      bob.methods.take({ trigger: 'import', rules }, q);
      assert.equal((await firstTakeConcern(bob.repository, undefined))?.place, 'home');
      bob.take('his own');
      assert.equal(await firstTakeConcern(bob.repository, undefined), undefined);
    });
  });
});
