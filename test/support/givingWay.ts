import { readdirSync, readFileSync } from 'node:fs';

/** How many threads of this process give way to others. Linux only: there a priority belongs to a thread. */
export function givingWay(): number {
  const tasks = '/proc/self/task';
  const lines = readdirSync(tasks).map((id) => readFileSync(`${tasks}/${id}/stat`, 'latin1'));
  // proc_pid_stat(5): the name is in brackets, and may hold anything; nice is the 19th field, the state the third.
  return lines.filter((line) => {
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return Number(fields[19 - 3]) > 0;
  }).length;
}
