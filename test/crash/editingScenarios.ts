import { quietControl } from '../../src/engine/context';
import { deleteCheckpoints, rename, setRef, tag } from '../../src/engine/methods/edit';
import { restoreTo } from '../../src/engine/worktree/restore/restoreTo';
import type { MemoryFsOptions } from './memoryCore';
import { checkpoint, edited, prepare, scenario, type Scenario } from './scenarios';

/** Commands that change what is listed, or write outside the folder. */
export function editingScenarios(options: MemoryFsOptions): Scenario[] {
  return [
    editing('delete', options, ({ env, open }, second) => {
      deleteCheckpoints(env, open(), { revs: [second] });
    }),
    editing('promote', options, ({ env, open }, second) => {
      setRef(env, open(), { name: 'release', rev: second }, quietControl);
    }),
    editing('promote to another', options, ({ env, open }, second) => {
      const store = open();
      setRef(env, store, { name: 'release', rev: second }, quietControl);
      setRef(env, store, { name: 'release', rev: 'HEAD~1' }, quietControl);
      setRef(env, store, { name: 'release', rev: null }, quietControl);
    }),
    editing('rename and tag', options, ({ env, open }, second) => {
      const store = open();
      rename(env, store, { rev: second, message: 'another message' });
      tag(env, store, { rev: second, add: ['kept'] }, quietControl);
    }),
    editing('safe copy', options, ({ env, open, root }, second) => {
      const destination = root.replace(/folder$/, 'out');
      const mode = 'safe' as const;
      restoreTo(env, open(), { rev: second, mode, destination }, quietControl);
    }),
  ];
}

function editing(
  name: string,
  options: MemoryFsOptions,
  run: (process: Parameters<Scenario['run']>[0], second: string) => void,
): Scenario {
  const { fs, id } = edited(options);
  const second = prepare(fs, (process) => checkpoint(process, 'second')).id;
  // What is being deleted may be listed or not.
  const acknowledged = name === 'delete' ? [id] : [id, second];
  return scenario(name, { fs, acknowledged }, (process) => run(process, second));
}
