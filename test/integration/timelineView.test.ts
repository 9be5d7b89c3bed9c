import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { CheckpointInfo, Engine } from '../../src/core/engine';
import type { CheckpointId, RecordId } from '../../src/core/ids';
import { formatRecord, recordFileName } from '../../src/core/recordFormat';
import type { TakeRecord } from '../../src/core/records';
import { blake3 } from '../../src/engine/hashing/blake3';
import { TimelineTree } from '../../src/ui/views/timelineTree';
import type { BurstNode, CheckpointNode, TreeNode } from '../../src/ui/tree/nodes';
import {
  activate,
  change,
  eventually,
  firstRepository,
  labelOf,
  root,
  run,
  take,
  timelineNodes,
  type Extension,
} from './support/extension';

/** Writes automatic snapshots after the newest record; returns their ids, oldest first. */
function addAutomatic(count: number): CheckpointId[] {
  const records = join(root(), '.snapdir', 'records');
  const name = readdirSync(records).sort().at(-1)!;
  const record = JSON.parse(readFileSync(join(records, name), 'utf8')) as TakeRecord;
  let parent = /-([0-9a-f]{64})\./u.exec(name)?.[1] as CheckpointId;
  const stats = { ...record.stats, added: 0, modified: 0, deleted: 0, renamed: 0 };
  return Array.from({ length: count }, (_, n) => {
    const time = record.time + n + 1;
    const more = { stats, time, parent, message: '', tags: [], trigger: 'auto' as const };
    const bytes = new TextEncoder().encode(formatRecord({ ...record, ...more }));
    parent = blake3(bytes) as RecordId;
    writeFileSync(join(records, recordFileName(time, parent)), bytes);
    return parent;
  });
}

suite('the view of the timeline', () => {
  let extension: Extension;
  let cart: CheckpointInfo;
  let automatic: CheckpointId[];
  const view = (): Extension['test']['views']['timelineView'] => extension.test.views.timelineView;
  const messages = async (): Promise<string[]> => {
    const top = await timelineNodes(extension.test);
    const rows: TreeNode[] = [];
    for (const node of top) {
      rows.push(...(node.kind === 'day' ? await timelineNodes(extension.test, node) : [node]));
    }
    return rows.flatMap((row) => (row.kind === 'checkpoint' ? row.checkpoint.message : []));
  };
  const firstBurst = async (): Promise<BurstNode | undefined> => {
    for (const day of await timelineNodes(extension.test)) {
      const rows: TreeNode[] = await timelineNodes(extension.test, day);
      const found = rows.find((row) => row.kind === 'burst');
      if (found?.kind === 'burst') {
        return found;
      }
    }
    return undefined;
  };

  suiteSetup(async () => {
    extension = await activate();
    change({ 'filter/cart.txt': 'one' });
    cart = await take('filter: cart');
    await run('snapdir.addTag', { folder: root(), rev: cart.id, tag: 'filtered' });
    change({ 'filter/shop.txt': 'two' });
    await take('filter: shop');
    automatic = addAutomatic(5);
    change({ 'filter/cart.txt': 'three' });
    await take('filter: cart again');
  });
  teardown(async () => {
    view().filter.clear();
    for (const name of ['sortOrder', 'foldAutomatic', 'groupBy']) {
      await vscode.workspace.getConfiguration('snapdir').update(name, undefined, true);
    }
    extension.test.setPrompts(undefined);
  });
  suiteTeardown(() => change({ filter: null }));

  test('filters by what code passes, and tells it over the rows', async () => {
    const filter = await run('snapdir.filterTimeline', { text: 'FILTER: CART' });
    assert.deepEqual(filter, { text: 'FILTER: CART' });
    assert.deepEqual(await messages(), ['filter: cart again', 'filter: cart']);
    await eventually('the words', () => view().view.message === 'Filter: “FILTER: CART” (2 found)');
    await run('snapdir.filterTimeline', { path: 'filter/cart.txt', nonsense: 1 });
    assert.deepEqual(await messages(), ['filter: cart again', 'filter: cart']);
    await run('snapdir.filterTimeline', vscode.Uri.file(join(root(), 'filter', 'shop.txt')));
    assert.deepEqual(await messages(), ['filter: shop']);
    await run('snapdir.clearTimelineFilter');
    assert.equal(view().view.message, '');
    assert.ok((await messages()).length >= 3);
  });

  test('only what is shown is filtered: other parts know all snapshots', async () => {
    const { total } = await extension.test.repositories.timelines[0]!.get();
    await run('snapdir.filterTimeline', { text: 'there is no such text' });
    assert.deepEqual(await messages(), []);
    assert.equal((await extension.test.repositories.timelines[0]!.get()).total, total);
  });

  test('of filters that follow one another fast only the last one counts', async () => {
    const { filter } = view();
    for (const text of ['f', 'fi', 'filter: c', 'filter: cart again']) {
      filter.set({ text });
    }
    assert.deepEqual(await messages(), ['filter: cart again']);
  });

  test('a filter follows what happens', async () => {
    view().filter.set({ tag: 'filtered' });
    assert.deepEqual(await messages(), ['filter: cart']);
    await run('snapdir.rename', { folder: root(), rev: cart.id, message: 'filter: renamed' });
    await eventually('the new name', async () => (await messages())[0] === 'filter: renamed');
    await run('snapdir.rename', { folder: root(), rev: cart.id, message: 'filter: cart' });
  });

  test('conditions are asked for, and Escape changes nothing', async () => {
    extension.test.setPrompts({
      pick: async (items) => (await items).find(({ label }) => label === 'filtered'),
      pickLive: (items, options) => {
        options.onType('never mind');
        const item = items.find(({ label }) => label.includes('Tag…'));
        return Promise.resolve(item && { item, typed: 'cart' });
      },
    });
    await run('snapdir.filterTimeline');
    assert.deepEqual(view().filter.current, { text: 'cart', tag: 'filtered' });
    extension.test.setPrompts({
      pickLive: (_, options) => {
        assert.equal(options.value, 'cart');
        options.onType('something else');
        return Promise.resolve(undefined);
      },
    });
    await run('snapdir.changeTimelineFilter');
    assert.deepEqual(view().filter.current, { text: 'cart', tag: 'filtered' });
  });

  test('who opens it finds the texts ready: the engine was asked before the first letter', async () => {
    const engine: { timeline: Engine['timeline'] } = firstRepository(extension.test).engine;
    const { timeline } = engine;
    const asked: unknown[] = [];
    let answered: Promise<unknown> | undefined;
    engine.timeline = (params, context) => {
      const page = timeline(params, context);
      if (params.filter !== undefined) {
        asked.push(params.filter.text);
        answered = page;
      }
      return page;
    };
    extension.test.setPrompts({
      pickLive: async (_, options) => {
        assert.deepEqual([asked, options.value], [['0'], '']);
        await answered;
        return undefined;
      },
    });
    view().filter.clear();
    try {
      await run('snapdir.filterTimeline');
    } finally {
      engine.timeline = timeline;
    }
    assert.deepEqual(asked, ['0']);
    assert.deepEqual(view().filter.current, {});
  });

  /** Chooses a condition of the filter, then what the next lists and boxes are answered with. */
  async function choose(condition: string, pick: string, input: string[] = []): Promise<void> {
    extension.test.setPrompts({
      pickLive: (items) => {
        const item = items.find(({ label }) => label === condition);
        return Promise.resolve(item && { item, typed: 'filter: ' });
      },
      pick: async (items) => (await items).find(({ label }) => label === pick),
      input: (options) => {
        const text = input.shift() ?? '';
        assert.equal(options.validateInput?.(text), undefined);
        return Promise.resolve(text);
      },
    });
    await run('snapdir.filterTimeline');
  }

  test('by days and by a name, through the lists that a person sees', async () => {
    await run('snapdir.promote', { folder: root(), rev: cart.id, name: 'filter-name' });
    await choose('Name…', 'filter-name');
    assert.deepEqual(await messages(), ['filter: cart']);
    view().filter.clear();
    const all = ['filter: cart again', 'filter: shop', 'filter: cart'];
    await choose('Date…', 'Last 7 Days');
    assert.deepEqual(await messages(), all);
    await choose('Date…', 'Yesterday');
    assert.deepEqual(await messages(), []);
    const day = (offset: number): string => {
      const { time } = cart;
      const date = new Date(time + offset * 24 * 60 * 60_000);
      const two = (part: number): string => String(part).padStart(2, '0');
      return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
    };
    await choose('Date…', 'From … to …', [day(-2), day(-1)]);
    assert.deepEqual(await messages(), []);
    await choose('Date…', 'From … to …', [day(-1), day(1)]);
    assert.deepEqual(await messages(), all);
    await choose('Date…', 'From … to …', ['', day(0)]);
    assert.deepEqual(await messages(), all);
    await choose('Date…', 'Any');
    assert.deepEqual(view().filter.current.until, undefined);
  });

  test('the oldest come first where settings say so', async () => {
    view().filter.set({ text: 'filter: cart' });
    await run('snapdir.sortOldestFirst');
    await eventually('the order', async () => (await messages())[0] === 'filter: cart');
    await run('snapdir.sortNewestFirst');
    await eventually('the order', async () => (await messages())[0] === 'filter: cart again');
  });

  test('automatic ones share a row that keeps its id; settings unfold it', async () => {
    const burst = await eventually('a burst', firstBurst);
    assert.deepEqual(
      burst.checkpoints.map(({ id }) => id),
      automatic.toReversed(),
    );
    const item = view().tree.getTreeItem(burst);
    assert.equal(labelOf(item), '5 automatic snapshots');
    assert.ok(item.id?.endsWith(`burst/${automatic[0]}`));
    assert.match(item.accessibilityInformation?.label ?? '', /^5 automatic snapshots, /u);
    const [row] = (await timelineNodes(extension.test, burst)) as CheckpointNode[];
    assert.equal(view().tree.getParent(row!), burst);
    await run('snapdir.unfoldAutomatic');
    await eventually('no burst', async () => (await firstBurst()) === undefined);
  });

  test('the age of a burst goes on', async () => {
    let now = Date.now();
    const clock = { now: () => now };
    const tree = new TimelineTree(extension.test.repositories, view().shown, clock);
    const drawn: unknown[] = [];
    tree.onDidChangeTreeData((nodes) => drawn.push(nodes));
    try {
      const burst = await eventually('a burst', firstBurst);
      now = burst.newest.time + 60_000;
      const before = tree.getTreeItem(burst).description;
      tree.redraw(); // of the day that it is by this clock
      tree.getTreeItem(burst);
      drawn.length = 0;
      now += 60_000;
      tree.tick();
      assert.deepEqual(drawn, [[burst]]);
      assert.notEqual(tree.getTreeItem(burst).description, before);
    } finally {
      tree.dispose();
    }
  });

  test('a row in a burst is found, with its parents', async () => {
    const node = await view().tree.find(firstRepository(extension.test), automatic[2]!);
    assert.equal(node?.parent?.kind, 'burst');
    view().filter.set({ text: 'hides it' });
    await run('snapdir.revealInTimeline', { folder: root(), rev: automatic[2] });
    assert.equal(view().filter.isActive, false);
    const selected = await eventually('the selection', () => view().view.selection[0]);
    assert.ok(selected.kind === 'checkpoint' && selected.checkpoint.id === automatic[2]);
  });

  test('links of a hover only look, and every row has words to be read', async () => {
    const node = await view().tree.find(firstRepository(extension.test), cart.id);
    const item = await view().tree.resolveTreeItem(view().tree.getTreeItem(node!), node!);
    const { isTrusted, value } = item.tooltip as vscode.MarkdownString;
    assert.deepEqual(isTrusted, {
      enabledCommands: ['snapdir.openChanges', 'snapdir.compareWithWorkspace', 'snapdir.copyId'],
    });
    assert.equal(value.match(/\(command:/gu)?.length, 3);
    for (const top of await timelineNodes(extension.test)) {
      for (const row of [top, ...(await timelineNodes(extension.test, top))]) {
        assert.ok(view().tree.getTreeItem(row).accessibilityInformation?.label, row.kind);
      }
    }
  });
});
