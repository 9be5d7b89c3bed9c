import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  activate,
  answer,
  change,
  eventually,
  firstRepository,
  root,
  run,
  take,
  type Extension,
} from './support/extension';

const text = (path: string): string => readFileSync(join(root(), path), 'utf8');

suite('the way back in a message is from what the message tells', () => {
  let extension: Extension;
  let counter = 0;
  suiteSetup(async () => {
    extension = await activate();
  });
  teardown(() => extension.test.setPrompts(undefined));

  const newest = async (): Promise<string | undefined> => {
    const { checkpoints } = await firstRepository(extension.test).engine.timeline({ limit: 1 });
    return checkpoints[0]?.message;
  };

  const files = (of: string): Record<string, string> => ({
    'operations/a.txt': `${of} a ${counter}\n`,
    'operations/b.txt': `${of} b ${counter}\n`,
  });
  const both = (): string[] => [text('operations/a.txt'), text('operations/b.txt')];
  /** Messages that stand there, by how they begin. */
  let press: Map<string, (button: string) => void>;
  const stays = (words: string): Promise<string | undefined> =>
    new Promise((resolve) =>
      press.set(/^"?(?:operations\/)?([\w.]+)/u.exec(words)?.[1] ?? words, resolve),
    );

  setup(async () => {
    counter += 1;
    press = new Map();
    change({ 'operations/file.txt': `state ${counter}\n` });
    await take(`operations ${counter}`);
    change(files('good'));
    await take(`both ${counter}`);
    change(files('bad'));
    for (const name of ['a.txt', 'b.txt']) {
      answer(extension.test, { modal: ['Restore'], stays });
      await run('snapdir.restoreFile', { rev: 'HEAD', path: `operations/${name}` });
    }
    assert.deepEqual(both(), Object.values(files('good')));
  });

  test('the last restore is undone, and redone, by name', async () => {
    const asked = answer(extension.test, { modal: ['Undo Restore', 'Redo Restore'], stays });
    press.get('b.txt')!('Undo');
    await eventually('undone', () => text('operations/b.txt').startsWith('bad'));
    assert.match(asked[0]?.text ?? '', /^Undo the last restore of "operations\/b\.txt"\?/u);
    (await eventually('its message', () => press.get('Restore')))('Redo');
    await eventually('redone', () => text('operations/b.txt').startsWith('good'));
  });

  test('one below another of other files is undone by itself, and redone', async () => {
    const asked = answer(extension.test, { modal: ['Undo'], stays });
    press.get('a.txt')!('Undo');
    await eventually('undone', () => text('operations/a.txt').startsWith('bad'));
    assert.match(asked[0]?.text ?? '', /^Undo "Restored from/u);
    assert.deepEqual(both(), [`bad a ${counter}\n`, `good b ${counter}\n`]);
    const said = await eventually('its message', () => press.get('Undone'));
    const again = answer(extension.test, { modal: ['Redo'], stays });
    said('Redo');
    await eventually('redone', () => text('operations/a.txt').startsWith('good'));
    assert.equal(again.filter(({ kind }) => kind === 'modal').length, 1);
    assert.deepEqual(both(), Object.values(files('good')));
  });

  test('one below another of the same file is not undone silently, nor the other one; everything since may be', async () => {
    const undoFirst = press.get('a.txt')!;
    change({ 'operations/a.txt': 'worse\n' });
    answer(extension.test, { modal: ['Restore'] });
    // HEAD, and what is above it, are the safety snapshots of the two restores.
    await run('snapdir.restoreFile', { rev: 'HEAD~2', path: 'operations/a.txt' });
    assert.deepEqual(both(), Object.values(files('good')));
    const asked = answer(extension.test, { modal: ['Undo Everything Since…', 'Undo'], stays });
    undoFirst('Undo');
    await eventually('undone', () => text('operations/a.txt').startsWith('bad'));
    await eventually('all of it', () => press.get('3'));
    const modals = asked.filter(({ kind }) => kind === 'modal');
    assert.match(modals[0]?.text ?? '', /^This restore cannot be undone by itself/u);
    assert.deepEqual(modals[0]?.buttons, ['Undo Everything Since…', 'Show Operations…']);
    assert.match(modals[1]?.text ?? '', /^Undo 3 operations\?\nRestored from/u);
    assert.equal(modals.length, 2);
    assert.deepEqual(both(), Object.values(files('bad')));
    // The way back from both is to both.
    const again = answer(extension.test, { modal: ['Redo'], stays });
    press.get('3')!('Redo');
    await eventually('redone', () => text('operations/a.txt').startsWith('good'));
    await eventually('both', () => text('operations/b.txt').startsWith('good'));
    assert.match(again[0]?.text ?? '', /^Redo 3 operations\?\n/u);
  });

  test('a restore that comes while its question is open is not undone in its place', async () => {
    change({ 'operations/c.txt': `other ${counter}\n` });
    let once = true;
    const asked = answer(extension.test, {
      modal: ['Undo Restore', 'Undo'],
      message: ['Plan Again'],
      whileOpen: async () => {
        if (once) {
          once = false;
          const { engine, settings } = firstRepository(extension.test);
          await engine.restore({
            ...{ rev: 'HEAD~1', paths: ['operations/file.txt'], exact: true },
            rules: settings.rules,
          });
        }
      },
    });
    change({ 'operations/file.txt': 'before the other restore\n' });
    press.get('b.txt')!('Undo');
    await eventually('undone', () => text('operations/b.txt').startsWith('bad'));
    const modals = asked.filter(({ kind }) => kind === 'modal').map((one) => one.text);
    assert.match(modals[0] ?? '', /^Undo the last restore of "operations\/b\.txt"\?/u);
    assert.match(modals[1] ?? '', /^Undo "Restored from/u);
    assert.notEqual(text('operations/file.txt'), 'before the other restore\n');
  });

  test('what was undone already is left alone', async () => {
    answer(extension.test, { modal: ['Undo Restore'] });
    await run('snapdir.undoRestore');
    const asked = answer(extension.test, { modal: ['Undo Restore', 'Undo'] });
    press.get('b.txt')!('Undo');
    await eventually('words', () => asked.some(({ text }) => text === 'This was undone already.'));
    assert.deepEqual(both(), [`good a ${counter}\n`, `bad b ${counter}\n`]);
    assert.equal(asked.length, 1);
  });

  test('the message of an undone rename redoes that one, whatever was undone since', async () => {
    await run('snapdir.addTag', { rev: 'HEAD', tag: 'first' });
    await run('snapdir.rename', { rev: 'HEAD', message: 'second' });
    answer(extension.test, { stays });
    await run('snapdir.undoOperation');
    answer(extension.test);
    await run('snapdir.undoOperation');
    const asked = answer(extension.test);
    press.get('Undone')!('Redo');
    await eventually('redone', async () => (await newest()) === 'second');
    assert.equal(asked[0]?.text, 'Redone: Renamed to "second"');
    const { checkpoints } = await firstRepository(extension.test).engine.timeline({ limit: 1 });
    assert.deepEqual(checkpoints[0]?.tags, []);
  });
});
