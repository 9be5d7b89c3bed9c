import { pickOperation } from '../operations/pickOperation';
import { undoOperationsFlow } from '../operations/undoOperationsFlow';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';
import { findRepository, readArgument } from './targets';

/** Lists what was done, and undoes or redoes what is chosen. */
export function showOperationsCommand(ui: Ui): CommandTypes['snapdir.showOperations'] {
  return async (argument) => {
    const repository = await findRepository(ui, readArgument(ui, argument));
    const request = repository && (await pickOperation(ui, repository));
    return repository && request && undoOperationsFlow(ui, repository, request);
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
