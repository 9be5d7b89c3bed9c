// The policies that docs/remote-stores.md gives to administrators, on a real Ceph, for a user who has no other rights.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchSnapshot } from '../../src/app/fetchSnapshot';
import { listRemote } from '../../src/app/listRemote';
import type { PermanentStore } from '../../src/core/permanentStore';
import { probeReading, probeStore } from '../../src/core/storePieces';
import { repositoryRoot } from '../support/paths';
import { failure } from '../support/faultyBucket';
import { person, promote } from '../support/people';
import { makeBucket, openBucket, setPolicy } from '../support/s3';
import { skipWithout, stopTestServers, testServer, type TestServer } from '../support/testServers';

interface Statement {
  Action: string[];
}
interface Policy {
  Statement: Statement[];
}

/** The policies of the page, as they stand there. */
function policiesOfPage(): string[] {
  const page = readFileSync(join(repositoryRoot, 'docs', 'remote-stores.md'), 'utf8');
  const blocks = [...page.matchAll(/^```json\n(.*?)^```/gms)].map(([, text = '']) => text);
  return blocks.filter((text) => text.includes('"Statement"'));
}

suite('S3 on Ceph: the policies of the documentation', function () {
  this.timeout(120_000);
  let ceph: TestServer;
  let user: TestServer;
  const [below = '', whole = '', ...more] = policiesOfPage();

  suiteSetup(async function () {
    const server = await testServer('ceph');
    if (typeof server === 'string') {
      skipWithout(this, server);
    }
    ceph = server;
    user = { ...ceph, ...ceph.otherUser };
  });
  suiteTeardown(() => stopTestServers());

  /** A bucket with that policy for the user, who is named as the policy of a bucket has to. */
  async function bucketWith(
    text: string,
    prefix: string,
    may: (action: string) => boolean = () => true,
  ): Promise<string> {
    const bucket = await makeBucket(ceph);
    const filled = text.replaceAll('BUCKET', bucket).replaceAll('PREFIX', prefix);
    const policy = JSON.parse(filled) as Policy;
    const Principal = { AWS: ['arn:aws:iam:::user/reader'] };
    const Statement = policy.Statement.map((one) => {
      const Action = one.Action.filter(may);
      return { ...one, Principal, Action };
    }).filter(({ Action }) => Action.length > 0);
    await setPolicy(ceph, bucket, { ...policy, Statement });
    return `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`;
  }

  /** All that a person does. */
  async function works(store: PermanentStore): Promise<void> {
    const { conditional } = await probeStore(store, 'trial', () => 0);
    assert.ok(conditional);
    assert.equal(await store.head('.refs/not-there'), undefined);
    const alice = person('alice', { 'a.txt': 'content' });
    alice.take();
    const { changed } = await promote(alice, store);
    assert.ok(changed);
    const bob = person('bob', {});
    const target = { name: 'team', store };
    await failure('PROMOTION_NOT_FOUND', () =>
      fetchSnapshot(bob.repository, target, { name: 'mistyped' }),
    );
    const {
      names: [name],
    } = await listRemote(bob.repository, target);
    assert.equal(name?.name, 'main');
    const { received } = await fetchSnapshot(bob.repository, target, { name: 'main' });
    assert.equal(received.objects, 1);
  }

  test('there are two: for a store below a prefix, and for one without', () => {
    assert.match(below, /"s3:prefix"/);
    assert.ok(whole !== '' && !whole.includes('s3:prefix'));
    assert.deepEqual(more, []);
  });

  test('of a store below a prefix: tried out, promoted, fetched, and what is missing is missing', async () => {
    await works(await openBucket(user, await bucketWith(below, 'team/web')));
  });

  test('of a store that has the whole bucket', async () => {
    await works(await openBucket(user, await bucketWith(whole, '')));
  });

  test('readers need the first two actions only', async () => {
    const first = ['s3:ListBucket', 's3:GetObject'];
    const all = [...below.matchAll(/"(s3:[A-Z]\w+)"/g)].map(([, action]) => action);
    assert.deepEqual(all.slice(0, 2), first);
    const url = await bucketWith(below, 'x', (action) => first.includes(action));
    const store = await openBucket(user, url);
    await probeReading(store);
    const bob = person('bob', {});
    assert.deepEqual((await listRemote(bob.repository, { name: 'team', store })).names, []);
    const { permission } = await failure('REMOTE_DENIED', () => store.put('a', Buffer.from('a')));
    assert.equal(permission, 's3:PutObject');
  });

  test('without the right to list it is this right that is named', async () => {
    const url = await bucketWith(below, 'x', (action) => action !== 's3:ListBucket');
    const store = await openBucket(user, url);
    for (const read of [() => store.get('a'), () => store.head('a')]) {
      assert.equal((await failure('REMOTE_DENIED', read)).permission, 's3:ListBucket');
    }
    const trial = (): Promise<unknown> => probeStore(store, 'trial', () => 0);
    assert.equal((await failure('REMOTE_DENIED', trial)).permission, 's3:ListBucket');
  });
});
