import { strict as assert } from 'node:assert';
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

/** What VS Code's own widgets break, whichever extension fills them. Each names one kind of node. */
const OF_VSCODE: readonly Known[] = [
  {
    rule: 'nested-interactive',
    html: /^<div class="pane-header/u,
    why: 'the header of any view is a button that holds the buttons of its title',
  },
  {
    rule: 'aria-allowed-attr',
    html: /^<div class="monaco-list-row[^"]*" role="option".* aria-level="1"/u,
    why: 'every quick pick is a tree whose rows are options with a level',
  },
  {
    rule: 'aria-prohibited-attr',
    html: /^<div id="monaco-dialog-icon"|^<a class="action-label codicon codicon-toolbar-more"/u,
    why: 'the icon of any modal question; in older versions the dots over any view container',
  },
  {
    rule: 'aria-prohibited-attr',
    html: /^<div class="monaco-keybinding" /u,
    why: 'keys beside the entries of the palette, which is kept in the page',
  },
  {
    rule: 'aria-progressbar-name',
    html: /^<div class="monaco-progress-container quick-input-progress/u,
    why: 'the bar over any quick pick has no name in older versions',
  },
  {
    rule: 'label-content-name-mismatch',
    html: /^<div class="monaco-list-row[^"]*" role="option"/u,
    why: 'a quick pick itself makes the name out of the label and the description, with commas between',
  },
  {
    rule: 'label-content-name-mismatch',
    html: /^<div class="pane-header/u,
    why: 'the header of any view with a description puts a dash between the two',
  },
  {
    rule: 'tabindex',
    html: /^<div (?:custom-hover="true" )?class="monaco-custom-toggle/u,
    why: 'the boxes of any tree',
  },
  {
    rule: 'color-contrast',
    html: /^<span class="description"/u,
    why: 'what stands beside the name of any view, in older versions',
  },
  {
    rule: 'aria-valid-attr-value',
    html: /^<div class="monaco-list [^"]*"[^>]* role="tree"/u,
    why: 'older trees still name the row that the keyboard is on when it is scrolled out of sight',
  },
];

/** What our own rows break on purpose: who speaks to the computer has to say the beginning of the name. */
const OURS: readonly Known[] = [
  {
    rule: 'label-content-name-mismatch',
    html: /^<div class="monaco-list-row[^"]*" role="treeitem".* aria-label="Snapshot /u,
    why: 'the marks +1 ~2 −3 are said in words: with both, each row would be said twice',
  },
  {
    rule: 'label-content-name-mismatch',
    html: /^<div class="monaco-list-row[^"]*" role="treeitem".* aria-label="(?:[^"]*, will be|[\w ]+: \d+ of)/u,
    why: 'what stands beside a name in the plan is said as a sentence, with commas for the dots',
  },
  {
    rule: 'label-content-name-mismatch',
    html: /^<div class="monaco-list-row[^"]*" role="treeitem".* aria-label="(?:Store |[^"]*, (?:not )?here, )/u,
    why: 'what stands beside the name of a store or of a promoted snapshot is said with commas for the dots',
  },
];

declare global {
  var axe: { run(context: object, options: object): Promise<AxeResults> };
}

const SOURCE = join(projectRoot, 'node_modules', 'axe-core', 'axe.min.js');

/** VS Code fades in what opens: until then everything is paler than people see it. */
const UNTIL_FADED_IN = `Promise.allSettled(
  document
    .getAnimations()
    .filter(
      ({ effect, playState }) =>
        playState === 'running' && Number.isFinite(effect?.getComputedTiming().endTime),
    )
    .map(({ finished }) => finished),
)`;

/** Runs axe-core on the parts of the page that these selectors name, and fails on anything that is in neither list. */
export async function assertNoViolations(
  page: Page,
  what: string,
  ...parts: string[]
): Promise<void> {
  const { violations, checks } = await runAxe(page, parts, [...OF_VSCODE, ...OURS]);
  const words = violations.map(({ rule, html, why }) => `${rule}: ${html}\n  ${why}`);
  assert.deepEqual(words, [], what);
  assert.ok(checks > 5, `${what}: axe looked at something (${checks})`);
}

/** @returns what is broken, without `known`; and how many checks there were */
async function runAxe(
  page: Page,
  include: readonly string[],
  known: readonly Known[],
): Promise<{ violations: Violation[]; checks: number; excused: Violation[] }> {
  await page.evaluate(UNTIL_FADED_IN);
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
