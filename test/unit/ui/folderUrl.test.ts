import assert from 'node:assert/strict';
import { parseRemoteUrl } from '../../../src/core/remote';
import { folderUrl } from '../../../src/ui/remotes/folderUrl';

suite('the URL of a store in a folder', () => {
  const here = (path: string): string | undefined =>
    folderUrl({ scheme: 'file', authority: '', path });

  test('names the folder that was chosen', () => {
    for (const [path, read] of [
      ['/srv/x', '/srv/x'],
      ['/srv/a b/%20#?', '/srv/a b/%20#?'],
      ['/c:/x', 'c:/x'],
    ] as const) {
      assert.deepEqual(parseRemoteUrl(here(path) ?? ''), { kind: 'file', path: read });
    }
  });

  test('there is none for a folder of another machine: it would be read as one of this machine', () => {
    assert.equal(folderUrl({ scheme: 'file', authority: 'server', path: '/share/x' }), undefined);
    for (const scheme of ['vscode-remote', 'vscode-vfs']) {
      assert.equal(folderUrl({ scheme, authority: 'wsl', path: '/srv/x' }), undefined);
      assert.equal(folderUrl({ scheme, authority: '', path: '/srv/x' }), undefined);
    }
  });
});
