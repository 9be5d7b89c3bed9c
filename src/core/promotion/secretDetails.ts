// A name in a permanent store has the message and the links of its checkpoint beside it: they leave the machine, too.
import type { LinkEntry, RelPath } from '../tree';
import type { SecretKind } from './promotionErrors';
import type { PromotedCheckpoint } from './refEntry';
import { secretsIn } from './secrets';

/** Stands for the message where something found in a file has its path. No file has this one. */
export const IN_MESSAGE: RelPath = '';

/** What looks like a secret in a checkpoint's message and in the targets of its links, by place and kind; `text`: all of it. */
export function secretsInDetails({
  message,
  links,
}: PromotedCheckpoint): { path: RelPath; kind: SecretKind; text: string }[] {
  const told = [
    { path: IN_MESSAGE, text: message },
    ...links.map(({ path, target }) => ({ path, text: target })),
  ];
  return told.flatMap(({ path, text }) => {
    const [kind] = secretsIn(text);
    return kind === undefined ? [] : [{ path, kind, text }];
  });
}

/** The same without the message and the links that hold such. */
export function withoutDetails(details: PromotedCheckpoint): PromotedCheckpoint {
  const clean = (text: string): boolean => secretsIn(text).length === 0;
  const links = details.links.filter(({ target }: LinkEntry) => clean(target));
  return { ...details, message: clean(details.message) ? details.message : '', links };
}
