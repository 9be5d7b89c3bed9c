// What answers in place of a store: websites, sign-in pages of networks, proxies.
import type { NoS3Causes } from '../../core/causes';
import type { Failed } from './failed';

/**
 * Whether an answer says that it is HTML, and may be. Web frameworks say so of what is empty, and of errors whose code
 * could be read: servers that are made of them are no sign-in pages.
 */
function isPage({ code, headers }: Failed): boolean {
  const numbered = headers['x-amz-request-id'] ?? headers['x-amzn-requestid'];
  const empty = headers['content-length'] === '0' && numbered !== undefined;
  return /html/.test(headers['content-type'] ?? '') && code === '' && !empty;
}

/** Whether an answer was no XML: a web page, most likely. */
function isNoS3(failed: Failed): boolean {
  const { name, message, status } = failed;
  const unread =
    /deserialization error|not valid xml|unclosed|unexpected token|char .* is not expected/i;
  return (
    (name === 'SyntaxError' || unread.test(message) || isPage(failed)) &&
    (status === undefined || status < 500) &&
    status !== 407 &&
    status !== 429
  );
}

/** Why an answer is none of an S3 store's; undefined: it may be. */
export function whyNoS3(failed: Failed): keyof NoS3Causes | undefined {
  const { status, code, name } = failed;
  // "Sign in", and "go there", with a page or without. No S3 store says so without its own code.
  if (code === '' && (status === 302 || status === 303 || status === 511)) {
    return 'sign-in-page';
  }
  return isNoS3(failed) || (status === 404 && name !== 'NotFound') ? 'web-page' : undefined;
}
