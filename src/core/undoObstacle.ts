/** Why an operation cannot be undone or redone now. */
export type UndoObstacle =
  /** A safety checkpoint: it goes and comes with its restore. */
  | 'part-of-restore'
  /** Another restore of the same files came later; undo that one first, or everything since. */
  | 'later-restore'
  /** Another restore of the same files was undone later; redo that one first. */
  | 'undone-later'
  /** Files were restored anew since it was undone. */
  | 'restored-anew'
  /** The checkpoint that would go has a name; delete the name first. */
  | 'promoted'
  /** What the checkpoints need was deleted for good. */
  | 'content-gone'
  /** What a garbage collection had set aside was deleted for good. */
  | 'trash-emptied'
  /** A garbage collection is not redone; another one does the same. */
  | 'collect-again'
  /** What was forgotten is gone for good. */
  | 'forgotten'
  /** A later undo or redo of the same operation took its place. */
  | 'superseded';
