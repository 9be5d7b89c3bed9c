import type { Promotion } from '../app/promoteSnapshot';
import type { NotPushed, Pushed } from '../app/pushNames';
import { labelOf, type Target } from '../app/transfer/target';
import { SnapdirError } from '../core/errors';
import { displayName } from './escape';
import { describeError } from './errorWords';
import { exitCodes, type ExitCode } from './exitCodes';
import { toFailure } from './failure';
import type { Output } from './output';
import { promotionJson, tellPromotion } from './promotionWords';

const isConflict = ({ error }: NotPushed): boolean => SnapdirError.is(error, 'PROMOTION_CONFLICT');

/** Tells people what came of one name. */
export function tellPushed(output: Output, target: Target, one: Promotion | NotPushed): void {
  if ('error' in one) {
    // A conflict names it already.
    const name = isConflict(one) ? '' : `${displayName(one.name)}: `;
    output.note(`snapdir: ${name}${describeError(one.error)}`);
  } else {
    output.printQuiet(one.snapshot);
    tellPromotion(output, target, one);
  }
}

/** Tells people what was not tried any more. */
export function tellUntried(output: Output, target: Target, { untried }: Pushed): void {
  if (untried.length > 0) {
    const names = untried.map(displayName).join(', ');
    output.note(`snapdir: not tried in ${displayName(labelOf(target))}: ${names}`);
  }
}

/** All of it as `--json` tells it: what was moved by somebody else apart from what could not be sent. */
export function pushedJson(target: Target, { promoted, failed, untried }: Pushed): object {
  const conflicts = failed.filter(isConflict);
  const others = failed.filter((one) => !isConflict(one));
  return {
    promoted: promoted.map((one) => promotionJson(target, one)),
    conflicts: conflicts.map(({ error: { code, data } }) => ({ code, data })),
    failed: others.map(({ name, error }) => {
      const { code, message, data } = toFailure(error);
      return { name, code, message, data };
    }),
    untried,
  };
}

/** Conflicts are differences; what could not be sent has failed. */
export function pushedCode({ failed, untried }: Pushed): ExitCode {
  return failed.every(isConflict) && untried.length === 0
    ? failed.length > 0
      ? exitCodes.differences
      : exitCodes.done
    : exitCodes.failed;
}
