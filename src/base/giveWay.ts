const NICE = 5;

/**
 * The thread that calls this gives way to the editor's. Only on Linux: there a priority belongs to a thread; elsewhere the
 * editor would lose its own, too.
 * @param platform Node's `process.platform`
 * @param setPriority that of `node:os`
 */
export function giveWay(
  platform: string,
  setPriority: (pid: number, priority: number) => void,
): void {
  if (platform !== 'linux') {
    return;
  }
  try {
    setPriority(0, NICE);
  } catch {
    // Not allowed here: then the work is as urgent as any.
  }
}
