import * as vscode from 'vscode';
import type { CallContext, Progress } from '../core/engine';
import { byteSize } from './text/amounts';
import { numberFormat } from './text/formats';
import { locale } from './words';

const { t } = vscode.l10n;

/** Work that takes longer than this gets a notification that can cancel it. */
const PATIENCE = 700;

/**
 * Runs work with progress: a bar over the timeline at once, and a notification with Cancel when it
 * takes longer. The only place where VS Code's cancellation becomes an `AbortSignal`.
 */
export async function withProgress<T>(
  title: string,
  work: (context: CallContext) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  let report: ((progress: Progress) => void) | undefined;
  const running = work({ signal: abort.signal, onProgress: (progress) => report?.(progress) });
  const settled = running.then(
    () => undefined,
    () => undefined,
  );
  void vscode.window.withProgress({ location: { viewId: 'snapdir.timeline' } }, () => settled);
  const timer = setTimeout(() => {
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      (progress, token) => {
        token.onCancellationRequested(() => abort.abort());
        report = reporter(progress);
        return settled;
      },
    );
  }, PATIENCE);
  try {
    return await running;
  } finally {
    clearTimeout(timer);
  }
}

function reporter(
  progress: vscode.Progress<{ message?: string; increment?: number }>,
): (step: Progress) => void {
  let phase: Progress['phase'] | undefined;
  let shown = 0;
  return (step) => {
    // A bar that ran through one phase starts over by going on: notifications cannot go back.
    const part = step.total > 0 ? (step.done / step.total) * 100 : 0;
    const increment = phase === step.phase ? Math.max(0, part - shown) : 0;
    phase = step.phase;
    shown = part;
    progress.report({ message: stepWords(step), increment });
  };
}

function stepWords(step: Progress): string {
  const words: Record<Progress['phase'], string> = {
    scan: t('looking for files'),
    read: t('reading'),
    sync: t('securing'),
    plan: t('planning'),
    check: t('checking'),
    write: t('writing'),
    verify: t('verifying'),
    mark: t('marking'),
    sweep: t('sweeping'),
    secrets: t('looking for secrets'),
    compare: t('looking at the remote store'),
    send: t('sending'),
    receive: t('receiving'),
  };
  const number = numberFormat(locale());
  const amount =
    step.total > 0
      ? `${number.format(step.done)} / ${number.format(step.total)}`
      : number.format(step.done);
  const bytes = step.bytes === undefined ? '' : ` (${byteSize(step.bytes, locale())})`;
  return `${words[step.phase]} ${amount}${bytes}`;
}
