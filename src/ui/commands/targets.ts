import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import type { CheckpointInfo } from '../../core/engine';
import { shortId } from '../../core/ids';
import type { RelPath } from '../../core/tree';
import { parseSnapshotUri } from '../documents/snapshotDocument';
import { EMPTY_REV, LIVE_REV } from '../documents/snapshotUri';
import { pickRepository } from '../pickers/pickRepository';
import { pickSnapshot } from '../pickers/pickSnapshot';
import {
  isGone,
  isTreeNode,
  repositoryOf,
  type ChangeSet,
  type Side,
  type TreeNode,
} from '../tree/nodes';
import { VersionNode } from '../tree/versionNode';
import type { Ui } from '../uiContext';
import { quotedName } from '../words';
import type { CommandArgument } from './commandTypes';

const { t } = vscode.l10n;

/** What an argument says: some of it, or nothing. */
export interface Given {
  repository?: Repository;
  rev?: string;
  path?: RelPath;
  /** What code passed, beside the place. */
  options: CommandArgument;
}

/** A snapshot to work on. */
export interface Target {
  repository: Repository;
  rev: string;
  checkpoint: CheckpointInfo | null;
  /** What people call it, in quotes. */
  words: string;
}

/** Reads an argument of a command: a row, a URI, or what code passed. */
export function readArgument(ui: Ui, value: unknown): Given {
  if (value instanceof VersionNode) {
    const { repository, rev, path } = value;
    return { repository, rev, path, options: {} };
  }
  if (isTreeNode(value)) {
    return fromNode(value);
  }
  if (value instanceof vscode.Uri) {
    return fromUri(ui, value);
  }
  if (typeof value === 'object' && value !== null) {
    return fromObject(ui, value);
  }
  return { options: {} };
}

function fromNode(node: TreeNode): Given {
  const repository = repositoryOf(node);
  const place = repository === undefined ? {} : { repository };
  switch (node.kind) {
    case 'checkpoint':
      return { ...place, rev: node.checkpoint.id, options: {} };
    case 'burst':
      return { ...place, rev: node.newest.id, options: {} };
    case 'changeFolder':
      if (node.set.view === 'comparison') {
        return { ...place, ...snapshotSide(node.set), path: node.path, options: {} };
      }
      return { ...place, rev: sideRev(node, isGone(node)), path: node.path, options: {} };
    case 'change': {
      // A deleted file is wanted as it was: on the left. So is a file of the working changes.
      const { change } = node;
      if (node.set.view === 'comparison') {
        const side = change.right === undefined || isLive(node.set.right) ? 'left' : 'right';
        const path = side === 'left' ? (change.oldPath ?? change.path) : change.path;
        return { ...place, rev: node.set[side].rev, path, options: {} };
      }
      const gone = change.right === undefined;
      const path =
        node.set.checkpoint === undefined ? (change.oldPath ?? change.path) : change.path;
      return { ...place, rev: sideRev(node, gone), path, options: {} };
    }
    default:
      return { ...place, options: {} };
  }
}

function isLive({ rev }: Side): boolean {
  return rev === LIVE_REV;
}

/** The side of a comparison that is a snapshot; the right one where both are. */
function snapshotSide({ left, right }: ChangeSet): { rev?: string } {
  const side = [right, left].find(({ rev }) => rev !== LIVE_REV && rev !== EMPTY_REV);
  return side === undefined ? {} : { rev: side.rev };
}

function sideRev(node: Extract<TreeNode, { set: unknown }>, left: boolean): string {
  return left || node.set.checkpoint === undefined ? node.set.left.rev : node.set.right.rev;
}

function fromUri(ui: Ui, uri: vscode.Uri): Given {
  const snapshot = parseSnapshotUri(uri);
  if (snapshot === undefined) {
    return { ...ui.repositories.locate(uri), options: {} };
  }
  const repository = ui.repositories.at(snapshot.root);
  const { rev, path } = snapshot;
  const named = rev === EMPTY_REV || rev === LIVE_REV ? {} : { rev };
  return { ...(repository && { repository }), ...named, path, options: {} };
}

function fromObject(ui: Ui, value: object): Given {
  const text = (key: string): string | undefined => {
    const found = (value as Record<string, unknown>)[key];
    return typeof found === 'string' ? found : undefined;
  };
  const options: Record<string, unknown> = {};
  const names = [
    ...['folder', 'rev', 'path', 'message', 'name', 'tag', 'destination', 'mode', 'store'],
    ...['operation', 'to'],
  ];
  for (const key of names) {
    const found = text(key);
    if (found !== undefined) {
      options[key] = found;
    }
  }
  if ('full' in value && typeof value.full === 'boolean') {
    options['full'] = value.full;
  }
  const given: CommandArgument = options;
  const repository = given.folder === undefined ? undefined : ui.repositories.at(given.folder);
  return {
    ...(repository && { repository }),
    ...(given.rev !== undefined && { rev: given.rev }),
    ...(given.path !== undefined && { path: given.path }),
    options: given,
  };
}

/** Files and folders of one folder. */
export type GivenPaths = Given & { paths?: RelPath[] };

/**
 * Reads what VS Code passes for one of several selected files: that one, and all of them. Undefined: they are of
 * several folders, which was said. Anything else than several files is read as one argument.
 */
export function readSelection(ui: Ui, [clicked, selection]: unknown[]): GivenPaths | undefined {
  const all: unknown[] = Array.isArray(selection) ? selection : [];
  const uris = all.filter((one) => one instanceof vscode.Uri);
  const chosen = clicked instanceof vscode.Uri && uris.length > 1 ? uris : [clicked];
  const [first, ...rest] = chosen.map((one) => readArgument(ui, one));
  const { repository, rev } = first!;
  if (rest.some((one) => one.repository !== repository || one.rev !== rev)) {
    void ui.prompts.info(t('Files of different folders cannot be handled together.'));
    return undefined;
  }
  const paths = [first!, ...rest].flatMap(({ path }) => path ?? []);
  return paths.length === 0 ? first : { ...first!, paths };
}

/** The repository that is meant; asks where several could be. Undefined: nobody chose. */
export async function findRepository(
  ui: Ui,
  given: Pick<Given, 'repository'>,
): Promise<Repository | undefined> {
  return given.repository ?? pickRepository(ui);
}

/** The snapshot that is meant; asks where none is given. Undefined: nobody chose. */
export async function findTarget(ui: Ui, given: Given, title: string): Promise<Target | undefined> {
  const repository = await findRepository(ui, given);
  if (repository === undefined) {
    return undefined;
  }
  if (given.rev !== undefined) {
    return resolveTarget(repository, given.rev);
  }
  const checkpoint = await pickSnapshot(ui, repository, { title });
  return checkpoint === undefined ? undefined : targetOf(repository, checkpoint);
}

/** @throws REV_NOT_FOUND, REV_AMBIGUOUS */
export async function resolveTarget(repository: Repository, rev: string): Promise<Target> {
  const resolved = await repository.engine.resolve({ rev });
  if (resolved.kind === 'live') {
    return { repository, rev: LIVE_REV, checkpoint: null, words: t('Workspace') };
  }
  const { checkpoint, snapshot } = resolved;
  return checkpoint === null
    ? { repository, rev: snapshot, checkpoint, words: shortId(snapshot) }
    : targetOf(repository, checkpoint);
}

/** A checkpoint as a target. */
export function targetOf(repository: Repository, checkpoint: CheckpointInfo): Target {
  return { repository, rev: checkpoint.id, checkpoint, words: quotedName(checkpoint) };
}
