// What Snapdir says without being asked goes by the notices, each with "Don't Show Again".
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { repositoryRoot } from '../support/paths';

/** What runs because a person asked for it, and answers. */
const ANSWERS = ['commands', 'operations', 'pickers', 'remotes', 'restore'];
const UI = join(repositoryRoot, 'src', 'ui');
const files = readdirSync(UI, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({
    name: relative(UI, join(UI, name)).replaceAll('\\', '/'),
    text: readFileSync(join(UI, name), 'utf8'),
  }));

const using = (pattern: RegExp): string[] =>
  files.filter(({ text }) => pattern.test(text)).map(({ name }) => name);

suite('messages', () => {
  test("are VS Code's in one place", () => {
    assert.deepEqual(using(/\.show(Information|Warning|Error)Message\b/u), ['prompts.ts']);
  });

  test('outside of what a person asks for can each be hidden for good', () => {
    const unasked = using(/\bprompts\s*\.(info|warn)\(|\bprompts\[/u).filter(
      (name) => !ANSWERS.some((folder) => name.startsWith(`${folder}/`)),
    );
    assert.deepEqual(unasked, ['notices.ts']);
  });

  test('that can be hidden are each shown somewhere, and all by their own name', () => {
    const { text } = files.find(({ name }) => name === 'notices.ts')!;
    const names = [...text.matchAll(/^ {2}\| '(\w+)'/gmu)].map(([, name]) => name!);
    const all = files.map((file) => file.text).join('\n');
    const shown = [...all.matchAll(/notices\s*\.(?:show|tell)\(\s*'(\w+)'/gu)].map(([, id]) => id!);
    assert.ok(names.length > 10, `${names.length} names`);
    assert.deepEqual([...new Set(shown)].sort(), [...new Set(names)].sort());
  });
});
