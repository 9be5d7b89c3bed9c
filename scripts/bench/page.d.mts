import type { Result } from './results.mjs';

export function pageOf(results: readonly Result[]): string;
