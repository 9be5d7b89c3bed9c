// What VS Code takes by itself: a view with as many rows as the timeline, known from the start, whose files open
// diffs of plain files on disk. Everything is done in it that is done in the timeline.
const { join } = require('node:path');
const vscode = require('vscode');

const ROWS = 200;
const { TreeItem, Uri } = vscode;
const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

function fileRow(folder, name) {
  const [left, right] = ['before', 'after'].map((side) => Uri.file(join(folder, side, name)));
  const item = new TreeItem(name, None);
  item.resourceUri = right;
  item.command = { command: 'vscode.diff', title: 'Open', arguments: [left, right, name] };
  return { item, below: [] };
}

function snapshotRow(label, below) {
  const item = new TreeItem(label, below.length > 0 ? Collapsed : None);
  item.description = '5 min. ago · +1 ~2';
  item.iconPath = new vscode.ThemeIcon('device-camera');
  return { item, below };
}

/** Rows that are found while one types, as the timeline's are: the view knows them at once. */
function filterRows(rows, changed) {
  return vscode.commands.registerCommand('benchControl.filter', () => {
    const pick = vscode.window.createQuickPick();
    pick.items = [{ label: 'Rows', alwaysShow: true }];
    pick.onDidChangeValue((text) => {
      rows.shown = rows.all.filter(({ item }) => item.label.includes(text)).slice(0, ROWS);
      changed.fire();
    });
    pick.onDidHide(() => {
      rows.shown = rows.all.slice(0, ROWS);
      changed.fire();
    });
    pick.show();
  });
}

/** @param {{ folder: string, first: string, files: string[], rows: number }} control */
exports.register = ({ folder, first, files, rows: count }) => {
  const changed = { item: new TreeItem('clicked', Expanded), below: [] };
  changed.below = files.map((name) => fileRow(folder, name));
  const all = [snapshotRow(first, [changed])];
  for (let at = 1; at < count; at++) all.push(snapshotRow(`row ${at}`, []));
  const rows = { all, shown: all.slice(0, ROWS) };
  const day = { item: new TreeItem('Today', Expanded) };
  const redraw = new vscode.EventEmitter();
  const view = vscode.window.createTreeView('benchControl.rows', {
    treeDataProvider: {
      onDidChangeTreeData: redraw.event,
      getChildren: (row) => (row === undefined ? [day] : row === day ? rows.shown : row.below),
      getTreeItem: ({ item }) => item,
    },
  });
  return vscode.Disposable.from(view, redraw, filterRows(rows, redraw));
};
