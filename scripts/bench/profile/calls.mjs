// Reads the summary that `strace -c -f` writes.

/** "% time, seconds, usecs/call, calls, errors, syscall", without its head, rules and total; most time first. */
export function parseSummary(text) {
  const line = /^\s*([\d.]+)\s+([\d.]+)\s+(\d+)\s+(\d+)\s+(?:(\d+)\s+)?(\w+)\s*$/;
  return text
    .split('\n')
    .map((one) => line.exec(one))
    .filter((match) => match !== null && match[6] !== 'total')
    .map(([, , seconds, micros, calls, errors = '0', name]) => ({
      name,
      seconds: Number(seconds),
      micros: Number(micros),
      calls: Number(calls),
      errors: Number(errors),
    }))
    .sort((a, b) => b.seconds - a.seconds);
}
