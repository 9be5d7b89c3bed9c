import { undoOrRedo } from '../undoOrRedo';

/** `snapdir undo` */
export const undoCommand = undoOrRedo({
  what: 'undo',
  summary: 'take the last restore back',
  question: 'Undo the last restore?',
  would: 'Would bring back',
  verb: 'Bring back',
  done: 'Undone',
  advice: '"snapdir redo" brings the restore back.',
});
