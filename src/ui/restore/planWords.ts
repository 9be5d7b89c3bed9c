import * as vscode from 'vscode';
import type { PlanAction, RestorePlan } from '../../core/engine';
import { visible } from '../text/displayText';
import { byteSize } from '../text/amounts';
import { filesWords, locale } from '../words';
import { quoted } from '../text/quoted';

const { t } = vscode.l10n;
const NAMED = 6;
/** Of what a snapshot from elsewhere would make an editor run: people should see all of it. */
const NAMED_RUNNABLE = 12;

/** Whether a plan changes any file. */
export function changesAnything(plan: RestorePlan): boolean {
  return plan.counts.create + plan.counts.overwrite + plan.counts.delete > 0;
}

/** `3 files will be created, 2 overwritten, 0 deleted; 4 extra files stay.` */
export function planCounts({ counts }: RestorePlan): string {
  const { create, overwrite, left } = counts;
  const main =
    create === 1
      ? t('1 file will be created, {0} overwritten, {1} deleted', overwrite, counts.delete)
      : t(
          '{0} files will be created, {1} overwritten, {2} deleted',
          create,
          overwrite,
          counts.delete,
        );
  if (left === 0) {
    return `${main}.`;
  }
  const stay =
    left === 1
      ? t('1 file that is not in the snapshot stays')
      : t('{0} files that are not in the snapshot stay', left);
  return `${main}; ${stay}.`;
}

/** The counts, the first names of each kind, and the promise. */
export function planDetail(plan: RestorePlan): string {
  const lines = [planCounts(plan)];
  if (plan.bytes > 0) {
    lines.push(t('{0} will be written.', byteSize(plan.bytes, locale())));
  }
  const titles: [PlanAction, string][] = [
    ['delete', t('Deleted:')],
    ['overwrite', t('Overwritten:')],
    ['create', t('Created:')],
  ];
  for (const [action, title] of titles) {
    const names = plan.items.filter((item) => item.action === action);
    if (names.length > 0) {
      const shown = names.slice(0, NAMED).map((item) => visible(item.path));
      const more = plan.counts[action] - shown.length;
      lines.push('', title, ...shown.map((name) => `  ${name}`));
      if (more > 0) {
        lines.push(`  ${t('and {0} more', filesWords(more))}`);
      }
    }
  }
  lines.push(...withheldWords(plan.withheld));
  lines.push('', t('What is there now is kept in a safety snapshot first, so you can undo this.'));
  return lines.join('\n');
}

/** What stays away because the snapshot came from elsewhere, by name. */
function withheldWords(withheld: RestorePlan['withheld']): string[] {
  const shown = withheld.slice(0, NAMED_RUNNABLE).map((path) => `  ${visible(path)}`);
  const more = withheld.length - shown.length;
  return withheld.length === 0
    ? []
    : [
        '',
        t(
          'Left out, because this snapshot came from elsewhere and an editor, Git or npm would run them:',
        ),
        ...shown,
        ...(more > 0 ? [`  ${t('and {0} more', filesWords(more))}`] : []),
      ];
}

/** `'src'`, or the folder's own name for everything. */
export function subjectWords(plan: Pick<RestorePlan, 'paths'>, name: string): string {
  const { paths } = plan;
  if (paths === null || paths.length === 0 || paths.includes('')) {
    return quoted(visible(name));
  }
  const [first = ''] = paths;
  return paths.length === 1
    ? quoted(visible(first))
    : t('"{0}" and {1} more', visible(first), paths.length - 1);
}
