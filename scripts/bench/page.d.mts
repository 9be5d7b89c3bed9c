import type { Result } from './results.mjs';

export function pageOf(results: readonly Result[]): string;
export function writePage(root: string, results: readonly Result[]): void;
