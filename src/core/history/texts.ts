import type { Logged, LoggedTake } from './log';

/** What people call a checkpoint now. */
export interface Words {
  message: string;
  tags: readonly string[];
  refs: readonly string[];
}

/** Stands between the words of one text, so that nothing is found across two of them. */
export const BETWEEN = '\0';

/** All words that a filter looks through, in lower case, as one text: so many lists would take more memory. */
export function textOf({ author }: LoggedTake, { message, tags, refs }: Words): string {
  let text = message + BETWEEN + author;
  for (const word of tags) {
    text += BETWEEN + word;
  }
  for (const word of refs) {
    text += BETWEEN + word;
  }
  return text.toLowerCase();
}

/**
 * The texts of the list once it has one record more at the end, or undefined where they may be others. What was passed
 * in must not be used any more.
 * @param words what a new checkpoint is called
 */
export function textsWith(
  texts: string[],
  record: Logged,
  words: (take: LoggedTake) => Words,
): string[] | undefined {
  switch (record.kind) {
    case 'take':
      texts.push(textOf(record, words(record)));
      return texts;
    case 'restore':
    case 'gc':
      return texts;
    default:
      return undefined;
  }
}
