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
  /^(\s*)- '?((?:treeitem|option|checkbox) "(?:[^"\\]|\\.)*"(?: \[(?:level|expanded|checked|selected)[^\]]*\])*)/u;
const LIST = /^(\s*)- (?:tree|listbox)\b/u;

/** How far a line of a snapshot is indented. */
const depth = (line: string): number => /^\s*/u.exec(line)![0].length;

/**
 * Of rows what is said of them: not what is drawn in them (letters that arrive later, buttons under the mouse), for
 * their name is what is read.
 */
function rowsAlone(lines: readonly string[]): string[] {
  let list: number | undefined;
  return lines.flatMap((line) => {
    if (list !== undefined && depth(line) <= list) {
      list = undefined;
    }
    if (list === undefined) {
      list = LIST.test(line) ? depth(line) : undefined;
      return [line];
    }
    const [, indent = '', row] = ROW.exec(line) ?? [];
    return row === undefined ? [] : [`${indent}- ${row}`];
  });
}

/** Without what comes and goes: dates, ages, icons. */
function steady(snapshot: string): string {
  return rowsAlone(snapshot.split('\n'))
    .join('\n')
    .replace(/\w+day, \w+ \d+, \d{4} at \d+:\d+:\d+\s[AP]M/gu, 'DATE')
    .replace(/(?<=[·,] )now\b|(?<=")now\b|\b\d+ (?:sec|min)\. ago\b/gu, 'AGO')
    .replace(/snapdir-ui-\w+/gu, 'FOLDER')
    .replace(/(?<=[·,] )[^\s·@,]+@[^\s·,"]+/gu, 'AUTHOR')
    .replace(/(?<="Store [^,"]+, )[^\s"]+/gu, 'URL')
    .replace(/[\ue000-\uf8ff] ?/gu, '')
    .replace(/: $/gmu, '')
    .replace(/^\s*- text:?\n/gmu, '')
    .trimEnd();
}
