/** A path as people write it: from `~` on, where it is below their home. On Windows either slash may separate. */
export function shortPath(path: string, home: string): string {
  const windows = /^[A-Za-z]:/.test(home);
  const plain = (text: string): string => (windows ? text.replaceAll('\\', '/') : text);
  const base = plain(home).replace(/\/$/, '');
  const rest = plain(path);
  return base !== '' && rest.startsWith(`${base}/`) ? `~${rest.slice(base.length)}` : path;
}
