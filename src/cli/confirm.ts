import type { Call } from './command';
import { UsageError } from './usageError';

/** What is about to be done to files or to the list of snapshots. */
export interface Intention {
  /** What will happen, in lines; shown before the question. */
  plan: string[];
  /** `Restore?` */
  question: string;
  /** `--yes` was given. */
  yes: boolean;
}

/**
 * Asks before anything is overwritten or deleted. Without a terminal there is nobody to ask, so `--yes`
 * is needed: a script that forgot it must fail, not destroy.
 */
export async function confirm(call: Call, intention: Intention): Promise<boolean> {
  if (intention.yes) {
    return true;
  }
  intention.plan.forEach((line) => call.output.note(line));
  if (!call.output.interactive) {
    throw new UsageError(
      'Nothing was done: there is no terminal to ask on. Pass --yes to do it without asking.',
    );
  }
  const agreed = await call.ask(intention.question);
  if (!agreed) {
    call.output.document({ declined: true });
    call.output.note('Nothing was done.');
  }
  return agreed;
}
