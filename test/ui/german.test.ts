import assert from 'node:assert/strict';
import { TreeView } from './support/treeView';
import { useWindow } from './support/vscodeWindow';

// The one translation that proves that every word can be translated: views, commands, questions, answers.
suite('in German', () => {
  const window = useWindow({
    language: 'de',
    files: { 'brief.txt': 'gut\n', 'liste.txt': 'Milch\n' },
  });
  const timeline = (): TreeView => new TreeView(window.workbench, 'Zeitachse');

  test('snapshots by the button of the empty timeline and by the icon over it', async () => {
    await timeline().pane.getByRole('button', { name: 'Snapshot erstellen' }).last().click();
    await timeline().untilLabel('Heute');
    await timeline().titleAction('Snapshot erstellen');
    await window.answer('Snapshot erstellen', 'gut');
    const row = await timeline().untilLabel('gut');
    assert.match(row.description, /^jetzt · HEAD/u);
    window.change({ 'brief.txt': 'schlecht\n', 'liste.txt': null });
    await new TreeView(window.workbench, 'Änderungen').untilLabels(['brief.txt', 'liste.txt']);
  });

  test('a restore by the palette: the question, its buttons and what is said then', async () => {
    await window.run('Wiederherstellen…');
    await window.pick('Wiederherstellen…', 'gut');
    const question = await window.modalText();
    assert.match(question, /Möchten Sie .+ aus „gut“ wiederherstellen\?/u);
    assert.match(question, /1 Datei wird erstellt, 1 überschrieben, 0 gelöscht/u);
    await window.workbench.clickModalButton('Wiederherstellen');
    await window.untilOnDisk('brief.txt', 'gut\n');
    assert.match(
      await window.notification('wiederhergestellt'),
      /^„.+“ aus „gut“ wiederhergestellt: 2 Dateien geschrieben, 0 gelöscht/u,
    );
    await window.workbench.clickNotificationButton('wiederhergestellt', 'Rückgängig machen');
    await window.workbench.clickModalButton('Wiederherstellung rückgängig machen');
    await window.untilOnDisk('brief.txt', 'schlecht\n');
  });

  test('the status bar and its menu', async () => {
    await window.status.click();
    await window.untilAsked('Snapdir');
    const labels = await window.workbench.quickInputLabels();
    assert.ok(labels.includes('Snapshot erstellen'), labels.join());
  });
});
