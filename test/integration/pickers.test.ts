import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { CheckpointInfo } from '../../src/core/engine';
import { pickSearched, type SearchedItem } from '../../src/ui/pickers/searchedPick';
import {
  activate,
  answer,
  change,
  eventually,
  firstRepository,
  run,
  take,
  type Extension,
} from './support/extension';

suite('lists of snapshots', function () {
  this.timeout(60_000);
  let extension: Extension;
  let old: CheckpointInfo;

  suiteSetup(async () => {
    extension = await activate();
    change({ 'pickers/file.txt': 'old\n' });
    old = await take('pickers: Needle in the past');
    await run('snapdir.addTag', { rev: old.id, tag: 'picked-tag' });
    await run('snapdir.promote', { rev: old.id, name: 'picked-name' });
    change({ 'pickers/file.txt': 'new\n' });
    await take('pickers: newest');
  });
  teardown(() => extension.test.setPrompts(undefined));
  suiteTeardown(async () => {
    change({ pickers: null });
    await firstRepository(extension.test).engine.setRef({ name: 'picked-name', rev: null });
  });

  /** As if the timeline was longer than what is loaded of it. */
  async function withOneLoaded(work: () => Promise<void>): Promise<void> {
    const timeline = extension.test.repositories.timelines[0]!;
    const state = await timeline.get();
    const [newest] = state.checkpoints;
    const short = { ...state, checkpoints: [newest!], next: newest!.id };
    const model = timeline as unknown as { get: unknown };
    model.get = () => Promise.resolve(short);
    try {
      await work();
    } finally {
      delete model.get;
    }
  }

  test('find what is not loaded by what is typed', () =>
    withOneLoaded(async () => {
      const asked = answer(extension.test, { search: ['NEEDLE'], pick: ['pickers: Needle'] });
      await run('snapdir.copyId');
      assert.equal(await vscode.env.clipboard.readText(), old.id);
      assert.ok(!asked[0]?.buttons.includes('pickers: newest'));
    }));

  test('take a revision, or a time', async () => {
    answer(extension.test, { typed: 'picked-tag' });
    await run('snapdir.copyId');
    assert.equal(await vscode.env.clipboard.readText(), old.id);
    answer(extension.test, { typed: new Date(old.time).toISOString() });
    await run('snapdir.copyId');
    assert.equal(await vscode.env.clipboard.readText(), old.id);
    const asked = answer(extension.test, { typed: 'no-such-name' });
    await run('snapdir.copyId');
    assert.equal(asked.at(-1)?.kind, 'error');
  });

  test('name every name and tag there is', () =>
    withOneLoaded(async () => {
      for (const name of ['picked-name', '#picked-tag']) {
        const asked = answer(extension.test, { pick: [name, 'Workspace'] });
        await run('snapdir.compareSnapshots');
        assert.ok(asked[0]?.buttons.includes(name), asked[0]?.buttons.join());
        const { comparison } = extension.test.views;
        assert.match(
          comparison.description ?? '',
          /^"(picked-name|pickers: Needle in the past)" ↔/u,
        );
        await run('snapdir.closeComparison');
      }
    }));

  suite('as a person sees them', () => {
    let picker: vscode.QuickPick<SearchedItem>;
    let asked: { text: string; pages: number; signal: AbortSignal }[];
    let picked: Promise<SearchedItem | undefined>;
    const labels = (): string[] => picker.items.map(({ label }) => label);

    setup(async () => {
      asked = [];
      const list = {
        title: 'Which?',
        placeHolder: '',
        rows: async (text: string, pages: number, signal: AbortSignal): Promise<SearchedItem[]> => {
          asked.push({ text, pages, signal });
          const { engine } = firstRepository(extension.test);
          const { checkpoints } = await engine.timeline(
            { limit: pages, filter: { text } },
            { signal },
          );
          return [
            ...checkpoints.map(({ message }) => ({ label: message, alwaysShow: true })),
            { label: 'more', more: true, alwaysShow: true },
          ];
        },
        typed: (text: string) => ({ label: `typed ${text}` }),
      };
      picked = pickSearched<SearchedItem>(list, () => (picker = vscode.window.createQuickPick()));
      await eventually('the list', () => asked.length === 1 && picker?.items.length === 2);
    });

    test('a newer text cancels the look for the one before; what is typed is a row at once', async () => {
      picker.value = 'nothing like it';
      await eventually('the first', () => labels().includes('typed nothing like it'));
      await eventually('its look', () => asked.length === 2);
      picker.value = 'need';
      await eventually('what is typed', () => labels().at(-1) === 'typed need');
      picker.value = 'needle';
      await eventually('what is found', () => labels()[0] === 'pickers: Needle in the past');
      assert.equal(asked.at(-1)?.text, 'needle');
      assert.ok(asked.slice(1, -1).every(({ signal }) => signal.aborted));
      picker.hide();
      assert.equal(await picked, undefined);
    });

    test('"more" makes the list longer, and keeps what was typed', async () => {
      picker.value = 'pickers:';
      await eventually('one', () => asked.at(-1)?.text === 'pickers:' && !picker.busy);
      const more = picker.items.find((item) => item.more);
      const isActive = new Promise<void>((resolve) => {
        picker.onDidChangeActive(([item]) => item?.more && resolve());
      });
      picker.activeItems = [more!];
      await isActive;
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      await eventually('two', () => labels().includes('pickers: Needle in the past'));
      assert.deepEqual(
        [picker.value, asked.at(-1)?.text, asked.at(-1)?.pages],
        ['pickers:', 'pickers:', 2],
      );
      picker.hide();
      await picked;
    });
  });
});
