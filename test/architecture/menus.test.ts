// What the menus offer, and when, follows VS Code's rules.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../support/paths';

interface MenuItem {
  command?: string;
  when?: string;
  group?: string;
}
const manifest = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
  contributes: { menus: Record<string, MenuItem[]> };
};
const { menus } = manifest.contributes;
const onRows = menus['view/item/context'] ?? [];

const LETTERS = ['A', 'D', 'M', 'R'];
/** The rows of each view, by their `viewItem`. */
const ROWS: Record<string, string[]> = {
  'snapdir.timeline': [
    ...['checkpoint', 'checkpoint.damaged', 'burst', 'folder', 'day'],
    ...['changeFolder', 'loadMore', 'note', ...LETTERS.map((letter) => `change.${letter}`)],
  ],
  'snapdir.changes': [
    ...['folder', 'workingFolder', 'note', ...LETTERS.map((letter) => `workingChange.${letter}`)],
  ],
  'snapdir.fileHistory': ['folderVersion', 'note', ...LETTERS.map((l) => `version.${l}`)],
  'snapdir.comparison': ['', '.l', '.r', '.lr'].flatMap((sides) =>
    ['comparedFolder', ...LETTERS.map((letter) => `compared.${letter}`)].map((row) => row + sides),
  ),
  'snapdir.plan': ['planGroup', 'planItem', 'planFailure', 'note'],
  'snapdir.remotes': [
    ...['store', 'store.s3', 'store.broken', 'remoteName', 'remoteName.here'],
    ...['promotion', 'promotion.here', 'note'],
  ],
};

suite('the menus', () => {
  test('put at most three icons on a row, and never restore or delete with one click', () => {
    const inline = onRows.filter(({ group }) => group?.startsWith('inline'));
    for (const [view, rows] of Object.entries(ROWS)) {
      for (const row of rows) {
        const fitting = inline.filter(({ when = '' }) => matches(when, view, row));
        assert.ok(fitting.length <= 3, `${row}: ${fitting.map(({ command }) => command).join()}`);
      }
    }
    for (const { command = '' } of inline) {
      assert.doesNotMatch(command, /restore|delete|promote|forget/iu);
    }
  });

  test('of rows name only views and rows that there are', () => {
    for (const { command, when = '' } of onRows) {
      const fits = Object.entries(ROWS).some(([view, rows]) =>
        rows.some((row) => matches(when, view, row)),
      );
      assert.ok(fits, `${command}: no row fits ${when}`);
    }
  });

  test('hide what restores, deletes or collects in Restricted Mode', () => {
    // Undo and redo of operations are there: a name or a tag that was changed is taken back without trust.
    const destructive =
      /^snapdir\.(restore(Folder|File|Selected|Contents|FromLeft|FromRight)?|reviewRestore|runPlan|bringBack|deleteCopies|undoRestore|redoRestore|recoverRestore|recoverStore|repair|adopt|delete|collectGarbage|forget|promote|addStore|testStore|syncStore|removeStore|setCredentials|forgetCredentials|fetch|pull|mergeManifests)$/u;
    for (const [menu, items] of Object.entries(menus)) {
      for (const { command = '', when = 'true' } of items) {
        if (destructive.test(command) && when !== 'false') {
          assert.ok(when.includes('isWorkspaceTrusted'), `${command} in ${menu}`);
        }
      }
    }
  });

  test('have, for each icon, an entry that the keyboard reaches', () => {
    const inline = onRows.filter(({ group }) => group?.startsWith('inline'));
    const entries = onRows.filter(({ group }) => !group?.startsWith('inline'));
    const inPalette = new Map(
      (menus['commandPalette'] ?? []).map(({ command, when }) => [command, when]),
    );
    for (const [view, rows] of Object.entries(ROWS)) {
      for (const row of rows) {
        for (const { command } of inline.filter(({ when = '' }) => matches(when, view, row))) {
          // The same under the words of Local History.
          const twin = command === 'snapdir.openChanges' ? 'snapdir.compareWithParent' : command;
          const hasEntry = entries.some(
            (entry) =>
              [command, twin].includes(entry.command) && matches(entry.when ?? '', view, row),
          );
          // Where it is about the whole folder, the palette will do.
          const isFree = row === 'folder' && inPalette.get(command) !== 'false';
          assert.ok(hasEntry || isFree, `${command} on ${row} in ${view}`);
        }
      }
    }
    for (const { command } of menus['view/title'] ?? []) {
      const when = inPalette.get(command);
      assert.ok(when !== 'false' || command === 'snapdir.changeTimelineFilter', command);
    }
  });

  test('of one row stand whatever is selected: the row that is clicked need not be', () => {
    const many = new Map([
      ['snapdir.compareSelected', 'snapdir.manyInTimeline'],
      ['snapdir.compareVersions', 'snapdir.manyInHistory'],
      ['snapdir.restoreSelected', 'snapdir.manyInChanges'],
    ]);
    for (const { command = '', when = '' } of onRows) {
      assert.doesNotMatch(when, /!snapdir\.many|!list(Multi|Double)Selection/u, command);
      const key = many.get(command);
      assert.ok(key === undefined || when.includes(key), `${command} asks for several rows`);
    }
  });

  test('give no two entries of a row the same place', () => {
    for (const [view, rows] of Object.entries(ROWS)) {
      for (const row of rows) {
        const seen = new Map<string, string>();
        for (const { command = '', when = '', group = '' } of onRows) {
          if (matches(when, view, row) && !group.startsWith('inline')) {
            assert.equal(seen.get(group), undefined, `${command} on ${row} in ${view}`);
            seen.set(group, command);
          }
        }
      }
    }
  });

  test('lead to the timeline from every row that is of a snapshot', () => {
    const rows = [
      ...['snapdir.fileHistory version.M', 'snapdir.fileHistory folderVersion'],
      ...['snapdir.comparison compared.M.lr', 'snapdir.comparison comparedFolder.r'],
      ...['snapdir.plan planGroup', 'snapdir.plan planItem', 'snapdir.plan planFailure'],
      ...['snapdir.changes workingChange.M', 'snapdir.changes workingFolder'],
      ...['snapdir.remotes remoteName.here', 'snapdir.remotes promotion.here'],
    ];
    const leads = onRows.filter(({ command }) => command === 'snapdir.revealInTimeline');
    for (const row of rows) {
      const [view = '', item = ''] = row.split(' ');
      assert.ok(
        leads.some(({ when = '' }) => matches(when, view, item)),
        row,
      );
    }
    for (const item of ['remoteName', 'promotion', 'store.s3']) {
      assert.ok(!leads.some(({ when = '' }) => matches(when, 'snapdir.remotes', item)), item);
    }
  });

  test('have the order of Local History: with what was selected, then what to select', () => {
    const places = new Map<string, string[]>();
    for (const { command = '', when = '', group = '' } of onRows) {
      const view = /view == ([\w.]+)/u.exec(when)?.[1] ?? '';
      const rows = (ROWS[view] ?? []).filter((row) => matches(when, view, row));
      for (const row of group.startsWith('2_compare_with@') ? rows : []) {
        places.set(row, [...(places.get(row) ?? []), `${group} ${command}`].sort());
      }
    }
    assert.ok(places.size >= 8);
    for (const [row, entries] of places) {
      const [first, second] = entries.map((entry) => entry.split(' ')[1]);
      assert.equal(first, 'snapdir.compareWithSelected', row);
      assert.equal(second, 'snapdir.selectForCompare', row);
    }
  });
});

/** Whether a `when` clause lets a row with this `viewItem` through, as far as view and row decide. */
function matches(when: string, view: string, row: string): boolean {
  return when.split('&&').every((clause) => {
    const [, key, operator, value = ''] =
      /^(view|viewItem) (=~|==|!=) (.+)$/u.exec(clause.trim()) ?? [];
    const seen = key === 'view' ? view : row;
    const plain = value.trim().replace(/^'|'$/gu, '');
    switch (operator) {
      case '=~':
        return new RegExp(plain.slice(1, -1), 'u').test(seen);
      case '==':
        return plain === seen;
      case '!=':
        return plain !== seen;
      default:
        return true;
    }
  });
}
