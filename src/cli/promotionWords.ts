import type { Promotion, SecretsChoice } from '../app/promoteSnapshot';
import { labelOf, type Target } from '../app/transfer/target';
import { shortId } from '../core/ids';
import { atMost, NAMES_SHOWN } from './changeWords';
import type { Output } from './output';
import { displayName } from './escape';
import { formatBytes, formatCount, plural } from './format';
import { UsageError } from './usageError';

/** Options about what must not leave the machine unasked. */
export const secretOptions = {
  'allow-secrets': {
    type: 'boolean',
    help: 'send files that look like they hold secrets, and remember that you looked',
  },
  'leave-out-secrets': {
    type: 'boolean',
    help: 'promote the snapshot without files that look like they hold secrets',
  },
} as const;

/** What the person wants to happen with secrets. @throws UsageError for both at once */
export function secretsChoice(values: {
  readonly 'allow-secrets'?: boolean;
  readonly 'leave-out-secrets'?: boolean;
}): SecretsChoice {
  const allow = values['allow-secrets'] === true;
  const leaveOut = values['leave-out-secrets'] === true;
  if (allow && leaveOut) {
    throw new UsageError('--allow-secrets and --leave-out-secrets do not go together.');
  }
  return allow ? 'allow' : leaveOut ? 'leave-out' : 'refuse';
}

/** Tells people what a promotion to a store did. */
export function tellPromotion(output: Output, target: Target, done: Promotion): void {
  const { name, snapshot, changed, sent, present, leftOut, leftOutCount, manifest } = done;
  const where = `${displayName(name)} in ${displayName(labelOf(target))}`;
  output.print(`${where} ${changed ? 'now names' : 'already names'} ${shortId(snapshot)}.`);
  if (changed || sent.objects > 0) {
    // Of few objects nobody asks whether they are there.
    const rest = present === 0 ? '' : `; ${formatCount(present)} were there`;
    output.print(`Sent ${plural(sent.objects, 'object')}, ${formatBytes(sent.bytes)}${rest}.`);
  }
  if (leftOutCount > 0) {
    output.note(
      `snapdir: ${plural(leftOutCount, 'file')} left out, so this is another snapshot than the one here:`,
    );
    const lines = leftOut.map((path) => `  ${displayName(path)}`);
    atMost(lines, NAMES_SHOWN).forEach((line) => output.note(line));
  }
  if (done.messageLeftOut) {
    output.note('snapdir: The message of the snapshot was left out.');
  }
  if (done.aside > 0) {
    output.note(
      `snapdir: ${plural(done.aside, 'promotion')} of this name ${done.aside === 1 ? 'lies' : 'lie'} aside, this one stands; "snapdir remote ls" shows them.`,
    );
  }
  if (manifest?.changed === true) {
    output.print(`Wrote ${displayName(manifest.path)}.`);
  }
}

/** A promotion as `--json` tells it. */
export function promotionJson(target: Target, done: Promotion): object {
  return { store: labelOf(target), ...done };
}
