import assert from 'node:assert/strict';
import { parseRemote } from '../../../src/core/remote';
import { knownNames, storesInOrder } from '../../../src/ui/remotes/promoteChoices';
import type { StoreEntry } from '../../../src/ui/remotes/storeEntry';

suite('what is offered when a snapshot is promoted', () => {
  const store = (name: string, isDefault = false): StoreEntry => {
    const remote = parseRemote(name, { url: `file:///srv/${name}` });
    return { kind: 'remote', name, remote, isDefault };
  };
  const git: StoreEntry = { kind: 'git', name: 'git', isDefault: false };
  const names = (
    all: readonly StoreEntry[],
    { variable, isGit = false }: { variable?: string; isGit?: boolean } = {},
  ): string =>
    storesInOrder(all, { variable, isGit })
      .map(({ name }) => name)
      .join();

  test('the store that is meant comes first: by the environment, as the default', () => {
    const all = [store('b', true), store('a'), store('c')];
    assert.equal(names(all), 'b,a,c');
    assert.equal(names(all, { variable: 'c' }), 'c,b,a');
    assert.equal(names(all, { variable: 'unknown' }), 'b,a,c');
    assert.equal(names(all, { variable: 'file:///evil' }), 'b,a,c');
    assert.equal(names([store('x'), store('y')]), 'x,y');
  });

  test('Git is offered only where the folder is in a repository', () => {
    assert.equal(names([git, store('a')]), 'a');
    assert.equal(names([git, store('a')], { variable: 'git' }), 'a');
    assert.equal(names([git, store('a')], { isGit: true }), 'git,a');
    assert.equal(names([{ ...git, isDefault: true }]), '');
    // As for the command, nothing has to be configured for it.
    assert.equal(names([], { isGit: true }), 'git');
    assert.equal(names([]), '');
    assert.equal(names([store('a')], { isGit: true }), 'a');
    assert.equal(names([store('a')], { isGit: true, variable: 'git' }), 'git,a');
    assert.equal(names([store('a')], { variable: 'git' }), 'a');
    assert.equal(names([store('a', true), git], { variable: 'git', isGit: true }), 'git,a');
  });

  test('names are those of here and of the store, each once; what was fetched is none', () => {
    const refs = ['v1', 'team/main', 'gone/main', 'other'];
    const here = { refs, fetched: ['team/main', 'gone/main'], stores: ['team'] };
    assert.deepEqual(knownNames(here, ['main', 'v1']), [
      { name: 'main', there: true },
      { name: 'other', there: false },
      { name: 'v1', there: true },
    ]);
    assert.deepEqual(knownNames({ refs: [], stores: ['team'] }, []), []);
    const own = knownNames(
      {
        refs: ['release/1.0', 'teams/x', 'team', 'team/x/y', 'git/main'],
        stores: ['team'],
      },
      [],
    );
    assert.deepEqual(
      own.map(({ name }) => name),
      ['release/1.0', 'team', 'teams/x'],
    );
  });
});
