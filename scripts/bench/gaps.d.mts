import type { Profiles, Result } from './results.mjs';

export const WHY: Record<string, string>;
export function gapsTable(operations: Profiles['operations']): string;
export function gapsSection(results: readonly Result[], profiles: Profiles | undefined): string;
