import { undoOrRedo } from '../undoOrRedo';

/** `snapdir redo` */
export const redoCommand = undoOrRedo({
  what: 'redo',
  summary: 'do the last undone restore again',
  question: 'Redo the restore?',
  would: 'Would restore again',
  verb: 'Restore again',
  done: 'Redone',
  advice: '"snapdir undo" takes it back.',
});
