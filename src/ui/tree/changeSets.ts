import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import type { CheckpointInfo } from '../../core/engine';
import { EMPTY_REV, LIVE_REV } from '../documents/snapshotUri';
import { quotedName } from '../words';
import type { BurstNode, ChangeSet, Side } from './nodes';
import { rowKey } from './timelineItems';

const { t } = vscode.l10n;

/** The folder as it is now, as a side. */
export function workspaceSide(): Side {
  return { rev: LIVE_REV, words: t('Workspace') };
}

/** A checkpoint against its parent; the first one against nothing. */
export function parentChangeSet(repository: Repository, checkpoint: CheckpointInfo): ChangeSet {
  return {
    key: rowKey(repository.root, `changes/${checkpoint.id}`),
    repository,
    checkpoint,
    left: parentSide(checkpoint),
    right: { rev: checkpoint.id, words: quotedName(checkpoint) },
  };
}

function parentSide({ parent }: CheckpointInfo): Side {
  return parent === null
    ? { rev: EMPTY_REV, words: t('Empty') }
    : { rev: parent, words: t('Parent') };
}

/** What the checkpoints of a burst changed together. */
export function burstChangeSet({ repository, oldest, newest }: BurstNode): ChangeSet {
  const right = { rev: newest.id, words: quotedName(newest) };
  return changeSetOf(repository, parentSide(oldest), right);
}

/** The folder against its last snapshot. */
export function workingChangeSet(repository: Repository, head: CheckpointInfo): ChangeSet {
  return {
    key: rowKey(repository.root, 'working'),
    repository,
    left: { rev: head.id, words: quotedName(head) },
    right: workspaceSide(),
  };
}

/** Any two sides. Their changes have no rows, so their key says nothing. */
export function changeSetOf(repository: Repository, left: Side, right: Side): ChangeSet {
  return { key: '', repository, left, right };
}
