import type { Page } from 'playwright-core';
import type { Workbench } from '../vscode/workbench.mjs';

/** Who walks: a window of VS Code, and the hands in it. */
export interface Walker {
  page: Page;
  workbench: Workbench;
}

/** One press of the mouse, or of a key. */
export interface Step {
  /** What to do, as Markdown. */
  says: string;
  /** A key is pressed, and not the mouse. */
  key?: boolean;
  /** Files change before it. */
  meanwhile?: boolean;
  act(walker: Walker): Promise<unknown>;
  /** Waits until what came of it can be seen. */
  seen(walker: Walker): Promise<unknown>;
}

/** What somebody wants, and the fewest presses that lead there. */
export interface Walk {
  name: string;
  title: string;
  /** Where it begins. */
  from: string;
  /** Brings a window there. */
  ready?(walker: Walker): Promise<unknown>;
  steps: Step[];
  /** After how many steps the picture is taken. */
  picture: number;
}

export const walks: { firstUse: Walk; lostFunction: Walk; hourAgo: Walk };
export function pressesOf(walk: Walk): { clicks: number; keys: number };
export function walksText(): string;
