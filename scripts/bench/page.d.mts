import type { Profiles, Result } from './results.mjs';

export function pageOf(results: readonly Result[], profiles?: Profiles): string;
export function writePage(root: string, results: readonly Result[], profiles?: Profiles): void;
