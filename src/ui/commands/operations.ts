import { pickOperation } from '../operations/pickOperation';
import { undoOperationsFlow } from '../operations/undoOperationsFlow';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';
import { revealTarget } from './revealInTimeline';
import { findRepository, readArgument, resolveTarget } from './targets';

/** Lists what was done; undoes or redoes what is chosen, or shows its snapshot. */
export function showOperationsCommand(ui: Ui): CommandTypes['snapdir.showOperations'] {
  return async (argument) => {
    const repository = await findRepository(ui, readArgument(ui, argument));
    const choice = repository && (await pickOperation(ui, repository));
    if (repository === undefined || choice === undefined) {
      return undefined;
    }
    if (choice.do === 'reveal') {
      const target = await resolveTarget(repository, choice.checkpoint);
      await revealTarget(ui, target);
      return undefined;
    }
    return undoOperationsFlow(ui, repository, choice.request);
  };
}

/** Takes back what people did last, of whatever kind. */
export function undoOperationCommand(ui: Ui): CommandTypes['snapdir.undoOperation'] {
  return async (argument) => {
    const repository = await findRepository(ui, readArgument(ui, argument));
    return repository && undoOperationsFlow(ui, repository, { what: 'undo' });
  };
}

/** Does again what was undone last. */
export function redoOperationCommand(ui: Ui): CommandTypes['snapdir.redoOperation'] {
  return async (argument) => {
    const repository = await findRepository(ui, readArgument(ui, argument));
    return repository && undoOperationsFlow(ui, repository, { what: 'redo' });
  };
}
