import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { projectRoot } from '../../harness/session';

/** One rule that one element breaks. */
export interface Violation {
  rule: string;
  impact: string;
  /** CSS path of the element. */
  target: string;
  html: string;
  why: string;
}

/** What VS Code's own elements break; an extension has no say in them. */
interface Known {
  rule: string;
  /** Matches the element's HTML. */
  html: RegExp;
  why: string;
}

interface AxeResults {
  violations: {
    id: string;
    impact: string | null;
    nodes: { target: string[]; html: string; failureSummary?: string }[];
  }[];
  passes: { id: string; nodes: unknown[] }[];
}

declare global {
  var axe: { run(context: object, options: object): Promise<AxeResults> };
}

const SOURCE = join(projectRoot, 'node_modules', 'axe-core', 'axe.min.js');

/**
 * Runs axe-core on the parts of the page that these selectors name.
 * @returns what is broken, without `known`; and how many checks there were
 */
export async function runAxe(
  page: Page,
  include: readonly string[],
  known: readonly Known[],
): Promise<{ violations: Violation[]; checks: number; excused: Violation[] }> {
  await page.evaluate(readFileSync(SOURCE, 'utf8'));
  const results = await page.evaluate(
    (selectors: readonly string[]) =>
      globalThis.axe.run(
        { include: selectors.map((selector) => [selector]) },
        { resultTypes: ['violations', 'passes'] },
      ),
    include,
  );
  const all = results.violations.flatMap(({ id, impact, nodes }) =>
    nodes.map((node) => ({
      rule: id,
      impact: impact ?? '',
      target: node.target.join(' '),
      html: node.html,
      why: node.failureSummary ?? '',
    })),
  );
  const isKnown = ({ rule, html }: Violation): boolean =>
    known.some((one) => one.rule === rule && one.html.test(html));
  return {
    violations: all.filter((one) => !isKnown(one)),
    excused: all.filter(isKnown),
    checks: results.passes.reduce((sum, { nodes }) => sum + nodes.length, 0),
  };
}
