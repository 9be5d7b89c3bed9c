import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SnapdirError } from '../../../src/core/errors';
import { quietControl } from '../../../src/engine/context';
import { thisHost } from '../../../src/engine/disk/leaseHost';
import { directEngine, everything } from '../../support/directEngine';
import { filesIn, viewDisk, type DiskView } from './diskView';
import type { Files, Promised } from './workload';

/** What became of a folder and its store after something was cut off. */
export interface Afterwards {
  /** One sentence for each broken promise; empty: everything holds. */
  broken: string[];
  /** A restore was half-way, and was finished or undone. */
  recovered: 'finish' | 'undo' | undefined;
}

export interface Question {
  root: string;
  promised: Promised;
  /** What the folder's files may be; absent: they were just being edited. */
  folder?: readonly Files[];
  /** It reported success: what the folder's files must be then, but for what was spared. */
  done?: Files;
  action: 'finish' | 'undo';
  /** Paths that the restore said it left as they were. */
  spared?: readonly string[];
  /** The user's own folder, where the store has to be known as theirs. */
  home?: string;
  /** The machine was started again since. */
  rebooted: boolean;
}

/** Starts the engine on what is there, lets it recover, and looks whether every promise was kept. */
export function lookAfterwards(question: Question): Afterwards {
  const result: Afterwards = { broken: [], recovered: undefined };
  try {
    examine(question, result);
  } catch (error) {
    const { message, stack = '' } = error as Error;
    const where = stack.split('\n').find((line) => line.includes(' at ')) ?? '';
    result.broken.push(`the engine failed: ${message} ${where.trim()}`);
  }
  return result;
}

function examine(question: Question, result: Afterwards): void {
  const { root, promised, rebooted } = question;
  const { broken } = result;
  if (promised.durable.size === 0 && !existsSync(join(root, '.snapdir', 'FORMAT'))) {
    return;
  }
  const leaseHost = rebooted ? { ...thisHost(), boot: 'the next one' } : thisHost();
  const { home } = question;
  const engine = directEngine(root, { leaseHost, ...(home === undefined ? {} : { home }) });
  const { problems } = engine.verify({ full: true }, quietControl);
  broken.push(...problems.filter(({ detail }) => !detail.includes('set aside')).map(sentence));
  checkView(viewDisk(root), promised, broken);
  if (engine.timeline({}, quietControl).pendingRestore !== null) {
    result.recovered = question.action;
    engine.recoverRestore({ action: question.action, rules: everything }, quietControl);
  }
  const { folder, done } = question;
  if (done !== undefined) {
    if (result.recovered !== undefined) {
      broken.push('told as done, but a restore was half-way');
    }
    checkFolder(question, [done], broken);
  } else if (folder !== undefined) {
    // Undone: as before. Finished: as asked for. Neither began nor is pending: one of both.
    const ends =
      result.recovered === undefined ? folder : [folder.at(question.action === 'undo' ? 0 : -1)!];
    checkFolder(question, ends, broken);
  }
  checkGoesOn(engine, root, broken);
}

const sentence = ({
  kind,
  address,
  detail,
}: {
  kind: string;
  address: string;
  detail: string;
}): string => `verify: ${kind} ${address.slice(0, 12)} ${detail}`;

/** From outside: all that is listed is whole, all that was promised is listed, with the bytes that were taken. */
function checkView(view: DiskView, promised: Promised, broken: string[]): void {
  broken.push(...view.broken);
  for (const [id, files] of promised.durable) {
    if (!view.listed.has(id)) {
      broken.push(`acknowledged checkpoint ${id.slice(0, 8)} is gone`);
    } else if (!same(view.files(id), files)) {
      broken.push(`checkpoint ${id.slice(0, 8)} holds other files than were taken`);
    }
  }
}

const CONFLICT = /\.snapdir-conflict-\d{8}T\d{6}/;

function checkFolder(question: Question, ends: readonly Files[], broken: string[]): void {
  const { root, spared = [], folder = [] } = question;
  // Copies that a restore made of what it could not be sure of: nothing is lost by more of them.
  const all = Object.entries(filesIn(root)).filter(([path]) => !CONFLICT.test(path));
  const files = Object.fromEntries(all);
  const isSpared = (path: string): boolean =>
    spared.some(
      (one) => path === one || path.startsWith(`${one}/`) || one.startsWith(`${path}/`),
    ) && folder.some((state) => state[path] === files[path]);
  const fits = (end: Files): boolean =>
    [...new Set([...Object.keys(end), ...Object.keys(files)])].every(
      (path) => end[path] === files[path] || isSpared(path),
    );
  if (!ends.some(fits)) {
    const odd = ends.map((end) => difference(end, files)).join(', nor: ');
    broken.push(`the folder is in none of ${ends.length} states: ${odd}`);
  }
}

/** The next snapshot works, holds the folder as it is, and comes back whole. */
function checkGoesOn(
  engine: ReturnType<typeof directEngine>,
  root: string,
  broken: string[],
): void {
  const { checkpoint } = engine.take({ trigger: 'manual', rules: everything }, quietControl);
  const view = viewDisk(root);
  if (!same(view.files(checkpoint.id), filesIn(root))) {
    broken.push('the next snapshot is not the folder');
  }
  const problems = engine.verify({ full: true }, quietControl).problems;
  broken.push(...problems.filter(({ detail }) => !detail.includes('set aside')).map(sentence));
}

/** Whether both are the same files. */
export function same(a: Files, b: Files): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

function difference(expected: Files, actual: Files): string {
  const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  const odd = [...names].filter((name) => expected[name] !== actual[name]);
  const cut = (text: string | undefined): string => text?.slice(0, 20) ?? 'nothing';
  return odd
    .slice(0, 3)
    .map((name) => `${name} is ${cut(actual[name])}, not ${cut(expected[name])}`)
    .join('; ');
}

/** An error that a person can act on. */
export function isTold(error: unknown): error is SnapdirError {
  return SnapdirError.is(error);
}
