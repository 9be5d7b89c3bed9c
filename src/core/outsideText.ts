import { SnapdirError } from './errors';
import type { OutsideText } from './reasons';

/**
 * Reads a text that is none of the local store's: what is wrong with it is told of this file, and as something that no
 * look at the store finds.
 */
export function fromOutside<T>(file: OutsideText, path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (SnapdirError.is(error, 'PARSE')) {
      throw new SnapdirError('PARSE', { ...error.data, what: path, file }, { cause: error });
    }
    throw SnapdirError.is(error, 'UNSUPPORTED_FORMAT')
      ? new SnapdirError('UNSUPPORTED_FORMAT', { ...error.data, file }, { cause: error })
      : error;
  }
}
