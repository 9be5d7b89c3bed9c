import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Locator } from 'playwright-core';
import { projectRoot } from '../../harness/session';
import { until } from './wait';

/**
 * Waits until what a screen reader is told of an element is what test/fixtures/aria/<name>.yml says.
 * UPDATE_ARIA=1 writes that file anew. Versions of VS Code that build their trees in another way have a
 * file of their own.
 */
export async function assertAria(element: Locator, name: string): Promise<void> {
  const version = process.env['SNAPDIR_VSCODE_VERSION'] ?? 'newest';
  const folder = join(projectRoot, 'test', 'fixtures', 'aria');
  const own = join(folder, `${name}.${version}.yml`);
  const path = existsSync(own) ? own : join(folder, `${name}.yml`);
  const look = async (): Promise<string> => steady(await element.ariaSnapshot());
  if (process.env['UPDATE_ARIA']) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${await look()}\n`);
    return;
  }
  const wanted = readFileSync(path, 'utf8').trimEnd();
  let seen = '';
  await until(
    `the ARIA snapshot ${name}`,
    async () => (seen = await look()),
    () => seen === wanted,
    8_000,
  ).catch(() => assert.equal(seen, wanted));
}

const ROW =
  /^(\s*)- '?((?:tree|treeitem|listbox|option) "(?:[^"\\]|\\.)*"(?: \[(?:level|expanded|checked)[^\]]*\])*)/u;

/**
 * Without what comes and goes: dates, ages, icons, and of rows what is drawn in them (letters that arrive later,
 * buttons under the mouse): their name is what is read.
 */
function steady(snapshot: string): string {
  const lines = snapshot.split('\n');
  const isList = ROW.test(lines[0] ?? '');
  const rows = lines.flatMap((line) => {
    const [, indent = '', row] = ROW.exec(line) ?? [];
    return row === undefined ? [] : [`${indent}- ${row}`];
  });
  return (isList ? rows : lines)
    .join('\n')
    .replace(/\w+day, \w+ \d+, \d{4} at \d+:\d+:\d+\s[AP]M/gu, 'DATE')
    .replace(/(?<=[·,] )now\b|(?<=")now\b|\b\d+ (?:sec|min)\. ago\b/gu, 'AGO')
    .replace(/snapdir-ui-\w+/gu, 'FOLDER')
    .replace(/· [^\s·@]+@[^\s·"]+/gu, '· AUTHOR')
    .replace(/[\ue000-\uf8ff] ?/gu, '')
    .trimEnd();
}
