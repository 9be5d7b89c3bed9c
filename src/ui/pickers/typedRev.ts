import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import type { ResolvedRev } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import { visible, withoutIcons } from '../text/displayText';

const { t } = vscode.l10n;

/** The row of a list that takes what was typed as a revision or a time. */
export function typedRow(text: string): { label: string; description: string; typed: string } {
  return {
    label: t('Revision or Time: {0}', withoutIcons(visible(text))),
    description: t('such as HEAD~2, a tag, or 2026-01-31 14:00'),
    typed: text,
  };
}

/** What was typed: a REV, else the newest snapshot at or before a time. @throws REV_NOT_FOUND, REV_AMBIGUOUS */
export function resolveTyped({ engine }: Repository, typed: string): Promise<ResolvedRev> {
  return engine.resolve({ rev: typed }).catch((error: unknown) => {
    if (SnapdirError.is(error, 'REV_NOT_FOUND') && /^\d{4}-/u.test(typed)) {
      return engine.resolve({ rev: `@{${typed}}` });
    }
    throw error;
  });
}
