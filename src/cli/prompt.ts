import { createInterface } from 'node:readline';
import { CancelledError } from '../base/abort';
import { displayLines } from './escape';
import type { Streams } from './output';

/** Asks on the terminal. Only a clear yes counts; the end of input is a no, Ctrl+C cancels. */
export function askYesNo(streams: Streams, question: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const reader = createInterface({
      input: streams.stdin,
      output: streams.stderr,
      terminal: true,
    });
    reader.on('SIGINT', () => {
      reject(new CancelledError());
      reader.close();
    });
    reader.on('close', () => resolve(false));
    reader.question(`${displayLines(question)} [y/N] `, (answer) => {
      resolve(/^\s*(y|yes)\s*$/i.test(answer));
      reader.close();
    });
  });
}
