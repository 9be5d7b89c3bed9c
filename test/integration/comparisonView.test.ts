import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { CheckpointInfo } from '../../src/core/engine';
import type { TreeNode } from '../../src/ui/tree/nodes';
import {
  activate,
  activeTab,
  answer,
  change,
  closeEditors,
  eventually,
  labelOf,
  root,
  run,
  take,
  type Extension,
} from './support/extension';

const LEFT = {
  'cv/edited.txt': 'one\ntwo\n',
  'cv/gone.txt': 'bye\n',
  'cv/old name.txt': 'a file that only gets another name\n',
  'cv/run.sh': '#!/bin/sh\n',
  'cv/logo.bin': Uint8Array.from([0, 1, 2]),
  'cv/crlf ü.txt': 'a\r\nb',
};
const RIGHT = {
  'cv/edited.txt': 'one\n2\n',
  'cv/gone.txt': null,
  'cv/old name.txt': null,
  'cv/new name.txt': 'a file that only gets another name\n',
  'cv/logo.bin': Uint8Array.from([0, 1, 2, 3, 4]),
  'cv/crlf ü.txt': 'a\r\nB\r\n',
  'cv/sub/added.txt': 'new\n',
};

suite('the comparison view', () => {
  let extension: Extension;
  let left: CheckpointInfo;
  let right: CheckpointInfo;
  let before: string;

  suiteSetup(async () => {
    extension = await activate();
    rmSync(join(root(), 'cv'), { recursive: true, force: true });
    change(LEFT);
    chmodSync(join(root(), 'cv/run.sh'), 0o644);
    left = await take('comparison left');
    await run('snapdir.addTag', { rev: left.id, tag: 'older' });
    before = mkdtempSync(join(tmpdir(), 'snapdir-left-'));
    cpSync(join(root(), 'cv'), join(before, 'cv'), { recursive: true });
    change(RIGHT);
    chmodSync(join(root(), 'cv/run.sh'), 0o755);
    right = await take('comparison right');
  });
  teardown(async () => {
    extension.test.setPrompts(undefined);
    await run('snapdir.closeComparison');
    await closeEditors();
  });
  suiteTeardown(() => {
    rmSync(before, { recursive: true, force: true });
    rmSync(join(root(), 'cv'), { recursive: true, force: true });
  });

  async function compare(): Promise<void> {
    answer(extension.test, { pick: ['#older', 'comparison right'] });
    await run('snapdir.compareSnapshots');
  }

  /** Every row with its letter and what it says beside its name. */
  function rows(): string[] {
    const { comparisonTree } = extension.test.views;
    const lines: string[] = [];
    const walk = (nodes: TreeNode[], indent: string): void => {
      for (const node of nodes) {
        const item = comparisonTree.getTreeItem(node);
        const letter = node.kind === 'change' ? `${node.change.status} ` : '';
        const more = typeof item.description === 'string' ? ` (${item.description})` : '';
        lines.push(`${indent}${letter}${labelOf(item)}${more}`);
        walk(comparisonTree.getChildren(node), `${indent}  `);
      }
    };
    walk(comparisonTree.getChildren(), '');
    return lines;
  }

  test('says of every file what happened to it: letters, modes, sizes, names', async () => {
    await compare();
    const wanted = [
      'cv',
      '  sub',
      '    A added.txt',
      '  M crlf ü.txt',
      '  M edited.txt',
      '  D gone.txt',
      '  M logo.bin (binary, 3 B → 5 B)',
      '  R new name.txt (← cv/old name.txt)',
      '  M run.sh (permissions 644 → 755)',
    ];
    await eventually('the sizes', () => rows().some((row) => row.includes('binary')));
    assert.deepEqual(rows(), wanted);
    const { comparison } = extension.test.views;
    assert.equal(comparison.description, '"comparison left" ↔ "comparison right"');
    assert.equal(comparison.message, '7 files differ: 1 added, 4 modified, 1 deleted, 1 renamed');
    assert.ok(comparison.visible, 'the view came up');
    await eventually('the multi-file diff', () =>
      activeTab()?.label.startsWith('Snapdir: "comparison left" ↔ "comparison right"'),
    );
  });

  test('is filtered by a text, and shows all again', async () => {
    await compare();
    answer(extension.test, { input: ['NAME'] });
    await run('snapdir.filterComparison');
    assert.deepEqual(rows(), ['cv', '  R new name.txt (← cv/old name.txt)']);
    const { comparison } = extension.test.views;
    assert.equal(comparison.message, '1 file with "NAME" in the name, of 7');
    await run('snapdir.clearComparisonFilter');
    assert.ok(rows().length > 5);
  });

  test('takes what is typed: a revision, or a time', async () => {
    const asked = answer(extension.test, { pick: ['comparison right'], typed: 'latest~' });
    await run('snapdir.compareSnapshots');
    assert.deepEqual(
      asked.filter(({ kind }) => kind === 'pickSearched').map(({ text }) => text),
      ['Compare (1/2)', 'Compare (2/2)'],
    );
    const { comparison } = extension.test.views;
    assert.equal(comparison.description, '"comparison right" ↔ "comparison left"');
    const second = new Date(right.time + 60_000).toISOString();
    answer(extension.test, { pick: ['Empty'], typed: second });
    await run('snapdir.compareSnapshots');
    assert.equal(comparison.description, 'Empty ↔ "comparison right"');
  });

  test('swaps the sides', async () => {
    await compare();
    await run('snapdir.swapComparison');
    assert.ok(rows().includes('  A gone.txt'));
    assert.ok(rows().includes('    D added.txt'));
  });

  for (const [tool, args] of [
    ['git', ['-c', 'core.autocrlf=false', 'apply']],
    ['patch', ['-p1', '--binary', '-s', '-i']],
  ] as const) {
    test(`saves a patch that ${tool} accepts`, async () => {
      await compare();
      const file = join(before, `${tool}.patch`);
      const asked = answer(extension.test, { save: vscode.Uri.file(file) });
      assert.equal(await run('snapdir.savePatch'), file);
      assert.equal(
        asked.at(-1)?.text,
        'Patch of 7 files saved. Not text: 1 file. "git apply" takes them, "patch" skips them.',
      );
      const at = join(before, tool);
      mkdirSync(at);
      cpSync(join(before, 'cv'), join(at, 'cv'), { recursive: true });
      try {
        execFileSync(tool, [...args, file], { cwd: at, stdio: 'pipe' });
      } catch (error) {
        // GNU patch ends with 1 where it meets git's binary patches, and does the rest.
        assert.equal(tool, 'patch', String((error as { stderr: Buffer }).stderr));
      }
      const got = (path: string): Buffer => readFileSync(join(at, path));
      for (const [path, content] of Object.entries(RIGHT)) {
        if (content === null) {
          assert.throws(() => got(path), path);
        } else if (tool === 'git' || typeof content === 'string') {
          assert.deepEqual(got(path), Buffer.from(content as string), path);
        }
      }
    });
  }

  test('copies the same patch', async () => {
    await compare();
    answer(extension.test);
    const text = await run('snapdir.copyPatch');
    assert.match(text ?? '', /^diff --git a\/cv\/crlf|^diff --git "a\/cv\/crlf/u);
    assert.match(text ?? '', /\nGIT binary patch\nliteral 5\n/u);
    assert.match(text ?? '', /\nrename from cv\/old name\.txt|\nrename from "cv\/old name\.txt"/u);
    assert.equal(await vscode.env.clipboard.readText(), text);
  });

  test('restores what is selected, from either side', async () => {
    await compare();
    const { comparisonTree } = extension.test.views;
    const find = (path: string): TreeNode => {
      const queue = comparisonTree.getChildren();
      for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
        if (node.kind === 'change' && node.path === path) {
          return node;
        }
        queue.push(...comparisonTree.getChildren(node));
      }
      throw new Error(`no row ${path}`);
    };
    const picked = [find('cv/edited.txt'), find('cv/gone.txt'), find('cv/sub/added.txt')];
    assert.match(comparisonTree.getTreeItem(picked[0]!).contextValue ?? '', /^compared\.M\.lr$/u);
    const asked = answer(extension.test, { modal: ['Restore and Delete'] });
    await run('snapdir.restoreFromLeft', picked[0], picked);
    assert.match(asked[0]?.text ?? '', /1 file will be created, 1 overwritten, 1 deleted/u);
    const read = (path: string): string => readFileSync(join(root(), path), 'utf8');
    assert.equal(read('cv/edited.txt'), 'one\ntwo\n');
    assert.equal(read('cv/gone.txt'), 'bye\n');
    assert.throws(() => read('cv/sub/added.txt'));
    assert.equal(read('cv/crlf ü.txt'), 'a\r\nB\r\n');
    answer(extension.test, { modal: ['Undo Restore'] });
    await run('snapdir.undoRestore');
    assert.equal(read('cv/edited.txt'), 'one\n2\n');
    assert.equal(read('cv/sub/added.txt'), 'new\n');
  });

  test('follows the folder where it is one of the sides', async () => {
    answer(extension.test, { pick: ['comparison right', 'Workspace'] });
    await run('snapdir.compareSnapshots');
    change({ 'cv/edited.txt': 'three\n' });
    await eventually('the row', () => rows().includes('  M edited.txt'));
    change({ 'cv/edited.txt': 'one\n2\n' });
    await eventually('no row', () => !rows().includes('  M edited.txt'));
  });

  test('compares all that is selected in the explorer with a snapshot', async () => {
    const uri = (path: string): vscode.Uri => vscode.Uri.file(join(root(), 'cv', path));
    const selected = [uri('logo.bin'), uri('sub')];
    answer(extension.test, { pick: ['comparison left'] });
    await run('snapdir.compareWithWorkspace', selected[0], selected);
    const files = rows().flatMap((row) => /[A-Z] ([\w.]+)/u.exec(row)?.[1] ?? []);
    assert.deepEqual(files, ['added.txt', 'logo.bin']);
  });

  test('a patch of more files than there are rows has what the filter shows, in any case', async () => {
    await compare();
    const { current } = extension.test.views.comparisonTree['model'];
    // As of more files than there are rows: which are in it tells the filter alone.
    Object.assign(current!.comparison, { truncated: true });
    for (const [text, name] of [
      ['OLD NAME', 'R new name.txt'],
      ['Gone.', 'D gone.txt'],
    ] as const) {
      answer(extension.test, { input: [text] });
      await run('snapdir.filterComparison');
      assert.ok(rows()[1]?.includes(name), rows().join());
      const asked = answer(extension.test);
      await run('snapdir.copyPatch');
      assert.equal(asked.at(-1)?.text, 'Patch of 1 file copied.');
    }
  });
});
