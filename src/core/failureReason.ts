import type { ErrorCode } from './errors';
import { PATH_PROBLEMS, type PathProblem } from './reasons';
import type { SkipReason } from './records';

/** What is at a path that is neither captured nor replaced. */
export type ThingThere = 'file' | 'dir' | 'link' | 'special' | 'unreadable';

/** Why a restore left one path as it is, but for what {@link PathProblem}, errno names and error codes say. */
export const LEFT_ALONE = [
  'protected',
  'withheld',
  'dir-in-the-way',
  'special-in-the-way',
  'uncaptured-in-the-way',
  'folder-blocked',
  'changed-meanwhile',
  'unknown',
] as const;

/**
 * Why a path could not be brought to its state. It is kept in records, in which older versions have words:
 * {@link parseFailure} takes any text.
 */
export type FailureReason =
  | (typeof LEFT_ALONE)[number]
  | PathProblem
  | ErrorCode
  | `E${string}`
  | `not-captured:${ThingThere | SkipReason}`
  | `in-the-way:${ThingThere}`;

export type ParsedFailure =
  | { kind: 'left'; why: (typeof LEFT_ALONE)[number] }
  | { kind: 'path'; why: PathProblem }
  | { kind: 'errno'; errno: string }
  | { kind: 'not-captured' | 'in-the-way'; what: string }
  /** Of another version: to be shown as it is. */
  | { kind: 'text'; text: string };

/** What a text of {@link FailureReason}'s kind says. */
export function parseFailure(text: string): ParsedFailure {
  const left = LEFT_ALONE.find((one) => one === text);
  if (left !== undefined) {
    return { kind: 'left', why: left };
  }
  const problem = PATH_PROBLEMS.find((one) => one === text);
  if (problem !== undefined) {
    return { kind: 'path', why: problem };
  }
  const [, kind, what = ''] = /^(not-captured|in-the-way):([a-z-]+)$/.exec(text) ?? [];
  if (kind === 'not-captured' || kind === 'in-the-way') {
    return { kind, what };
  }
  return /^E[A-Z0-9]+$/.test(text) ? { kind: 'errno', errno: text } : { kind: 'text', text };
}
