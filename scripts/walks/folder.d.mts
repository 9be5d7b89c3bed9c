/** What the walks look for, by the words that people see. */
export const NAMES: { file: string; lost: string; held: string; anHourAgo: string };
export function makeWalkFolder(dir: string, cli: string, anHourAgo?: () => void): void;
export function loseFunction(dir: string): void;
export function breakSources(dir: string): void;
