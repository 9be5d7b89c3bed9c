// What the settings of a store make of the work with it, in the editor.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { FaultServer } from '../support/faultServer';
import { activate, answer, change, firstRepository, run, take } from './support/extension';

suite('settings of a store', function () {
  this.timeout(60_000);
  let server: FaultServer;
  const configure = async (fields: object | undefined): Promise<void> => {
    const place = { url: 's3://bucket/x', endpoint: server.endpoint, auth: 'anonymous' };
    await vscode.workspace
      .getConfiguration('snapdir')
      .update(
        'remotes',
        fields && { team: { ...place, ...fields } },
        vscode.ConfigurationTarget.Global,
      );
  };

  setup(async () => {
    server = await new FaultServer().start();
  });
  teardown(async () => {
    await configure(undefined);
    await server.stop();
  });

  test('never more requests at once than they allow', async () => {
    const { test } = await activate();
    const { engine } = firstRepository(test);
    let [now, most] = [0, 0];
    // What the view asks meanwhile goes through a store of its own.
    server.slow = async ({ method }) => {
      if (method !== 'PUT') {
        return;
      }
      most = Math.max(most, ++now);
      await new Promise((done) => setTimeout(done, 20));
      now--;
    };
    const promote = async (name: string, fields: object): Promise<number> => {
      await configure(fields);
      const files = Array.from({ length: 24 }, (_, n) => [`many/${n}`, `${name} ${n}\n`]);
      change(Object.fromEntries(files) as Record<string, string>);
      const { id } = await take(name);
      most = 0;
      answer(test);
      const done = await run('snapdir.promote', { rev: id, name, store: 'team' });
      test.setPrompts(undefined);
      assert.ok(done && 'sent' in done && done.sent.objects >= 24);
      await engine.setRef({ name, rev: null });
      return most;
    };
    assert.ok((await promote('as-many-as-helps', {})) > 2);
    assert.equal(await promote('two-at-most', { concurrency: 2 }), 2);
    assert.equal(await promote('one-by-one', { concurrency: 1 }), 1);
    change({ many: null });
  });
});
