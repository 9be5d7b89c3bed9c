import * as vscode from 'vscode';
import type { TimelineFilter } from '../core/engine';
import { oneLine, visible } from './text/displayText';
import { dateFormat } from './text/formats';
import { locale, triggerName } from './words';

const { t } = vscode.l10n;

/** Each condition of a filter in a few words: what a person reads over the rows. */
export function filterWords(filter: TimelineFilter): string[] {
  const { text, tag, ref, triggers, path } = filter;
  return [
    text === undefined ? '' : `“${oneLine(text, 40)}”`,
    tag === undefined ? '' : `#${visible(tag)}`,
    ref === undefined ? '' : t('named "{0}"', visible(ref)),
    triggers === undefined ? '' : triggers.map(triggerName).join(', '),
    dateWords(filter),
    path === undefined ? '' : t('touches {0}', visible(path)),
  ].filter((words) => words !== '');
}

/** The range of dates of a filter; an empty text where it has none. */
export function dateWords({ since, until }: TimelineFilter): string {
  const day = (time: number): string => dateFormat(locale(), { dateStyle: 'medium' }).format(time);
  if (since !== undefined && until !== undefined) {
    const [from, to] = [day(since), day(until)];
    return from === to ? from : t('{0} to {1}', from, to);
  }
  if (since !== undefined) {
    return t('since {0}', day(since));
  }
  return until === undefined ? '' : t('until {0}', day(until));
}
