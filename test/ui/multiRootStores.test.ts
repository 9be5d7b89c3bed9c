import { join } from 'node:path';
import { runCliOk } from '../support/cli';
import { tempDir } from '../support/tempDir';
import { PROMOTED } from './support/teammate';
import { TreeView } from './support/treeView';
import { useWindow } from './support/vscodeWindow';

suite('promoted snapshots in a workspace with two folders', () => {
  const bucket = tempDir();
  const url = `file://${bucket}`;
  const window = useWindow({
    files: {
      'kitchen/soup.txt': 'soup\n',
      'garden/beans.txt': 'beans\n',
      'house.code-workspace': JSON.stringify({
        folders: [{ path: 'kitchen' }, { path: 'garden', name: 'The Garden' }],
      }),
    },
    workspaceFile: 'house.code-workspace',
    machineSettings: () => ({ 'snapdir.remotes': { team: { url } } }),
    prepare: async ({ folder }) => {
      // What only the second folder has, and what neither has.
      const garden = { cwd: join(folder, 'garden') };
      await runCliOk(['take', '-m', 'sown'], garden);
      await runCliOk(['promote', 'HEAD', 'spring', '--to', url], garden);
      const other = { cwd: tempDir() };
      await runCliOk(['take', '-m', 'elsewhere'], other);
      await runCliOk(['promote', 'HEAD', 'winter', '--to', url], other);
    },
  });

  test('a name says in which folder it is, and fetching it into the other one adds that', async () => {
    const promoted = new TreeView(window.workbench, PROMOTED);
    await promoted.untilRow(
      'of the second folder',
      ({ label, description }) =>
        label === 'spring' && description.startsWith('here in The Garden · '),
    );
    await promoted.untilRow(
      'of neither',
      ({ label, description }) => label === 'winter' && description.startsWith('not here · '),
    );
    await promoted.menu('spring', 'Fetch');
    await window.pick('Snapdir', 'kitchen');
    await promoted.untilRow(
      'of both',
      ({ label, description }) =>
        label === 'spring' && description.startsWith('here in kitchen, The Garden · '),
    );
  });
});
