import { undoOrRedo } from '../undoOrRedo';

/** `snapdir undo` */
export const undoCommand = undoOrRedo({
  what: 'undo',
  synopsis: ['[OPERATION] [--dry-run] [--yes]', '--to OPERATION [--dry-run] [--yes]'],
  summary: 'take back what was done last, or any operation that "ops" lists',
  details: [
    'A restore is taken back by another one: it shows its plan, asks, keeps what is there, and can be undone.',
    'A snapshot goes off the list, a deleted one comes back to it, names, tags and messages are as before;',
    'no file in the folder changes by any of these.',
  ],
  question: 'Undo?',
  would: 'Would bring back',
  verb: 'Bring back',
  done: 'Undone',
  advice: '"snapdir redo" brings it back.',
});
