import { quietControl } from '../../src/engine/context';
import { deleteCheckpoints, setRef } from '../../src/engine/methods/edit';
import { collectGarbage } from '../../src/engine/store/collectGarbage';
import { restore } from '../../src/engine/worktree/restore/restore';
import { undo } from '../../src/engine/worktree/restore/undo';
import { random } from './crashStates';
import type { MemoryFsOptions } from './memoryCore';
import type { MemoryFs } from './memoryFs';
import { edit, memoryWith, rules, type Content } from './processes';
import { checkpoint, prepare, scenario, type Scenario } from './scenarios';

type Dice = (below: number) => number;

const NAMES = ['a', 'b', 'C', 'é', 'x.txt', 'way.log', 'ign', 'a b', '🙂', 'run.sh'];
const DAY_NS = 24n * 3_600_000_000_000n;
const MINUTE_NS = 60_000_000_000n;

function content(dice: Dice): Content {
  const kind = dice(10);
  if (kind === 0) {
    return { link: NAMES[dice(NAMES.length)]! };
  }
  if (kind === 1) {
    return { dir: dice(4) === 0 ? 0o555 : 0o755 };
  }
  const text = `text ${dice(12)} `.repeat(dice(20));
  return kind < 4 ? { text, mode: [0o755, 0o400, 0o600][dice(3)]! } : text;
}

/** Where something may be: up to three folders deep, never below something that is no folder. */
function paths(dice: Dice, count: number): string[] {
  const found = new Set<string>();
  while (found.size < count) {
    const parts = Array.from({ length: 1 + dice(3) }, () => NAMES[dice(NAMES.length)]!);
    const path = parts.join('/');
    const clash = [...found].some(
      (one) => one.startsWith(`${path}/`) || path.startsWith(`${one}/`),
    );
    if (!clash) {
      found.add(path);
    }
  }
  return [...found];
}

/** Files that no dice change, so that every tree has some. */
const BASE: Record<string, Content> = {
  '.gitignore': '*.log\nign/\n',
  'keep/1': '1',
  'keep/2': '2',
  'keep/3': '3',
  'keep/4': '4',
  'keep/5': '5',
};

function firstTree(dice: Dice): Record<string, Content> {
  const tree: Record<string, Content> = { ...BASE };
  paths(dice, 4 + dice(10)).forEach((path) => (tree[path] = content(dice)));
  return tree;
}

/** Changes, removals, and things where something of another kind was, or nothing. */
function changeSome(fs: MemoryFs, dice: Dice, before: Record<string, Content>): void {
  const known = Object.keys(before).filter((path) => !(path in BASE));
  for (let n = 2 + dice(6); n > 0; n--) {
    const path =
      dice(3) === 0 ? `new${dice(4)}/${NAMES[dice(NAMES.length)]}` : known[dice(known.length)]!;
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    if (parent !== '' && ['file', 'link'].includes(fs.lstat(`/folder/${parent}`)?.kind ?? '')) {
      continue;
    }
    edit(fs, { [path]: dice(4) === 0 ? null : content(dice) });
  }
  fs.time += MINUTE_NS;
}

/**
 * A tree, changes to it and a command, all chosen by the seed: the fixed scenarios hold what somebody
 * thought of, these the rest.
 */
export function randomScenario(seed: number, options: MemoryFsOptions): Scenario {
  const next = random(seed * 7919 + 17);
  const dice: Dice = (below) => Math.floor(next() * below);
  const first = firstTree(dice);
  const fs = memoryWith(first, options);
  const { id } = prepare(fs, (process) => checkpoint(process, 'first'));
  changeSome(fs, dice, first);
  const name = `random ${seed}`;
  switch (dice(8)) {
    case 0:
      return scenario(`${name}: take`, { fs, acknowledged: [id] }, (process, acknowledge) => {
        acknowledge(checkpoint(process, 'second').id);
      });
    case 1:
      return relaxedThenNamed(`${name}: relaxed take, promote`, fs, id);
    case 2:
      return collecting(`${name}: garbage collection`, fs, id, () => changeSome(fs, dice, first));
    case 3:
      return undoing(`${name}: undo`, fs, id);
    default:
      return restoring(`${name}: restore`, fs, id, partOf(first, dice));
  }
}

/** What to restore: mostly everything, else some paths that the first snapshot holds. */
function partOf(first: Record<string, Content>, dice: Dice): { exact: boolean; paths?: string[] } {
  const exact = dice(2) === 0;
  const held = Object.keys(first).filter((path) => !/ign|\.log/.test(path));
  const paths = held.filter(() => dice(3) === 0);
  return dice(4) === 0 && paths.length > 0 ? { exact, paths } : { exact };
}

function restoring(
  name: string,
  fs: MemoryFs,
  id: string,
  part: { exact: boolean; paths?: string[] },
): Scenario {
  return scenario(name, { fs, acknowledged: [id], restores: true }, (process, acknowledge) => {
    const request = { rev: id, rules, ...part };
    const { safety } = restore(process.env, process.open(), request, quietControl);
    if (safety !== null) {
      acknowledge(safety);
    }
  });
}

function undoing(name: string, fs: MemoryFs, id: string): Scenario {
  const done = prepare(fs, (process) =>
    restore(process.env, process.open(), { rev: id, exact: true, rules }, quietControl),
  );
  if (done.safety === null) {
    return scenario(name, { fs, acknowledged: [id] }, () => undefined);
  }
  const acknowledged = [id, done.safety];
  return scenario(name, { fs, acknowledged, restores: true }, (process) => {
    undo(process.env, process.open(), { what: 'undo', rules }, quietControl);
  });
}

function relaxedThenNamed(name: string, fs: MemoryFs, id: string): Scenario {
  return scenario(name, { fs, acknowledged: [id] }, (process, acknowledge) => {
    const relaxed = checkpoint(process, 'relaxed', 'auto');
    setRef(process.env, process.open(), { name: 'kept', rev: relaxed.id }, quietControl);
    acknowledge(relaxed.id);
  });
}

function collecting(name: string, fs: MemoryFs, id: string, change: () => void): Scenario {
  const second = prepare(fs, (process) => checkpoint(process, 'second'));
  change();
  const third = prepare(fs, (process) => checkpoint(process, 'third'));

  prepare(fs, (process) => deleteCheckpoints(process.env, process.open(), { revs: [second.id] }));
  fs.time += 20n * DAY_NS;
  return scenario(name, { fs, acknowledged: [id, third.id] }, (process) => {
    collectGarbage(process.env, process.open(), { dryRun: false }, quietControl);
  });
}
