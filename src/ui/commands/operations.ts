import type { UndoRequest } from '../../app/undoOperations';
import { parseRecordId } from '../../core/ids';
import { pickOperation } from '../operations/pickOperation';
import { undoOperationsFlow } from '../operations/undoOperationsFlow';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';
import { revealTarget } from './revealInTimeline';
import { findRepository, readArgument, resolveTarget, type Given } from './targets';

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
    const given = readArgument(ui, argument);
    const repository = await findRepository(ui, given);
    return repository && undoOperationsFlow(ui, repository, named('undo', given));
  };
}

/** Does again what was undone last. */
export function redoOperationCommand(ui: Ui): CommandTypes['snapdir.redoOperation'] {
  return async (argument) => {
    const given = readArgument(ui, argument);
    const repository = await findRepository(ui, given);
    return repository && undoOperationsFlow(ui, repository, named('redo', given));
  };
}

/** The operation that is named, or all since one; without a name the last one. */
function named(what: 'undo' | 'redo', { options }: Given): UndoRequest {
  const { operation, to } = options;
  return {
    what,
    ...(to === undefined ? {} : { to: parseRecordId(to) }),
    ...(operation === undefined ? {} : { operation: parseRecordId(operation) }),
  };
}
