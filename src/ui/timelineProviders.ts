import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable';
import type { Repository } from '../app/repository';
import type { CheckpointInfo, FileVersion, FolderVersion } from '../core/engine';
import type { CheckpointId } from '../core/ids';
import { changeMarks } from './text/amounts';
import { absoluteTime } from './text/times';
import type { RepositorySet } from './state/repositorySet';
import { versionItem } from './tree/versionItems';
import { VersionNode, type HistorySubject } from './tree/versionNode';
import {
  timelineApi,
  type TimelineApi,
  type TimelineItem,
  type Timeline,
  type TimelineOptions,
} from './timelineApi';
import { goOnLooking, type LookOn } from './timelineLook';
import {
  FROM_NEWEST,
  historyPage,
  historyRequest,
  joinPages,
  splitCursor,
  type FolderPage,
  type From,
} from './timelinePaging';
import { locale, snapshotName } from './words';

const { t } = vscode.l10n;
const ID = 'snapdir';
const LIMIT = 50;

/** Shows the same entries in the built-in Timeline, where VS Code has an API for that (1.145 and later). */
export function registerTimelineProviders(
  repositories: RepositorySet,
  api: TimelineApi | undefined = timelineApi(vscode.workspace),
): Disposable {
  const store = new DisposableStore();
  if (api === undefined) {
    return store;
  }
  const changed = store.add(new vscode.EventEmitter<undefined>());
  const label = t('Snapdir');
  const look = store.add(
    goOnLooking(
      (repository) => repositories.all.includes(repository),
      () => changed.fire(undefined),
    ),
  );
  store.add(repositories.onDidChange(() => changed.fire(undefined)));
  store.add(
    api.registerTimelineProvider(ID, label, 'file', {
      onDidChangeTimeline: changed.event,
      provideTimeline: (uri, options, token) =>
        provideHistory({ repositories, look }, uri, options, token),
    }),
  );
  store.add(
    api.registerWorkspaceTimelineProvider(ID, label, {
      onDidChangeWorkspaceTimeline: changed.event as vscode.Event<void>,
      provideWorkspaceTimeline: (options) => provideAll(repositories, options),
    }),
  );
  return store;
}

async function provideHistory(
  { repositories, look }: { repositories: RepositorySet; look: LookOn },
  uri: vscode.Uri,
  options: TimelineOptions,
  token: vscode.CancellationToken,
): Promise<Timeline | undefined> {
  const place = repositories.locate(uri);
  if (place === undefined) {
    return undefined;
  }
  const { repository, path } = place;
  const abort = new AbortController();
  const cancelled = token.onCancellationRequested(() => abort.abort());
  const context = { signal: abort.signal };
  const request = historyRequest(path, options);
  try {
    if (path === '' || (await isFolder(uri))) {
      const subject: HistorySubject = { repository, path, kind: 'folder' };
      const page = await repository.engine.folderHistory(request, context);
      look.after(repository, page);
      return historyPage(page, (version) => versionEntry(subject, version));
    }
    const subject: HistorySubject = { repository, path, kind: 'file' };
    const page = await repository.engine.fileHistory(request, context);
    look.after(repository, page);
    return historyPage(page, (version) => versionEntry(subject, version));
  } finally {
    cancelled.dispose();
  }
}

async function isFolder(uri: vscode.Uri): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.Directory) !== 0;
  } catch {
    return false;
  }
}

/** The row of the file history as an entry: the same words, icon and click. */
export function versionEntry(
  subject: HistorySubject,
  version: FileVersion | FolderVersion,
): TimelineItem {
  const { time, id } = version.checkpoint;
  const row = versionItem(new VersionNode(subject, version), time);
  const [, ...details] = String(row.description).split(' · ');
  return {
    id: `${id}/${subject.path}`,
    label: row.label as string,
    timestamp: time,
    description: details.join(' · '),
    tooltip: absoluteTime(time, locale()),
    iconPath: row.iconPath as vscode.ThemeIcon,
    contextValue: `snapdir:${row.contextValue ?? ''}`,
    ...(row.command && { command: row.command }),
    ...(row.accessibilityInformation && {
      accessibilityInformation: row.accessibilityInformation,
    }),
  };
}

async function provideAll(
  repositories: RepositorySet,
  options: TimelineOptions,
): Promise<Timeline> {
  const limit = options.limit !== undefined && options.limit > 0 ? options.limit : LIMIT;
  const before = splitCursor(options.cursor);
  const pages = await Promise.all(
    repositories.all
      .filter(({ root }) => before === undefined || root in before)
      .map((repository) => pageOf(repository, limit, before?.[repository.root])),
  );
  return joinPages(pages, limit, before);
}

async function pageOf(
  repository: Repository,
  limit: number,
  before: From | undefined,
): Promise<FolderPage<TimelineItem & { checkpoint: CheckpointId }>> {
  const { checkpoints, next } = await repository.engine.timeline({
    limit,
    ...(before === undefined || before === FROM_NEWEST ? {} : { before }),
  });
  const items = checkpoints.map((checkpoint) => ({
    ...checkpointEntry(repository, checkpoint),
    checkpoint: checkpoint.id,
  }));
  return { root: repository.root, items, more: next !== undefined };
}

/** A snapshot as an entry of the whole workspace's timeline: a click opens what it changed. */
export function checkpointEntry(repository: Repository, checkpoint: CheckpointInfo): TimelineItem {
  const { id, time, stats } = checkpoint;
  return {
    id,
    label: snapshotName(checkpoint),
    timestamp: time,
    description: changeMarks(stats),
    tooltip: absoluteTime(time, locale()),
    iconPath: new vscode.ThemeIcon('device-camera'),
    contextValue: 'snapdir:checkpoint',
    command: {
      command: 'snapdir.openChanges',
      title: t('Open Changes'),
      arguments: [{ folder: repository.root, rev: id }],
    },
  };
}
