import type { Operation } from './results.mjs';

export function barsOf(operation: Pick<Operation, 'times'>): { name: string; value: number }[];
export function plot(title: string, operations: readonly Operation[]): string;
