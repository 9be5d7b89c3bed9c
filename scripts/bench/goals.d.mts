import type { Result } from './results.mjs';

export interface JudgedGoal {
  part: string;
  op?: string;
  figure?: string;
  than?: string;
  value?: number;
  met?: boolean;
  why?: string;
}

export function judge(part: string, result: Result): JudgedGoal[];

export const GOALS: readonly Pick<JudgedGoal, 'part' | 'op' | 'figure' | 'than'>[];
