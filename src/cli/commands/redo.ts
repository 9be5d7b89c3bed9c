import { undoOrRedo } from '../undoOrRedo';

/** `snapdir redo` */
export const redoCommand = undoOrRedo({
  what: 'redo',
  synopsis: ['[--dry-run] [--yes]'],
  summary: 'do again what was undone last',
  details: ['Only until something new is done. "snapdir undo" takes it back again.'],
  question: 'Redo?',
  would: 'Would restore again',
  verb: 'Restore again',
  done: 'Redone',
  advice: '"snapdir undo" takes it back.',
});
