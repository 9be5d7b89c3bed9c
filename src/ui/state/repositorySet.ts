import { basename, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { Logger } from '../../base/logger';
import { Repository, type RepositoryChange } from '../../app/repository';
import type { Engine, RepositoryLocation } from '../../core/engine';
import type { RelPath } from '../../core/tree';
import { readSettings, storeFolderOf } from './settings';
import { TimelineModel } from './timelineModel';

interface Member {
  folder: vscode.WorkspaceFolder;
  repository: Repository;
  timeline: TimelineModel;
  owned: DisposableStore;
}

/** A file or folder on disk, as its repository sees it. */
export interface LocatedPath {
  repository: Repository;
  path: RelPath;
}

function locationOf(root: string): RepositoryLocation {
  const store = storeFolderOf(root);
  return store === undefined ? { root } : { root, store };
}

/** One repository for each workspace folder on disk; it follows folders that come and go. */
export class RepositorySet implements Disposable {
  private readonly createEngine: (location: RepositoryLocation) => Engine;
  private readonly log: Logger;
  private readonly members = new Map<string, Member>();
  /** Folders outside of the workspace that somebody restores into, by path. */
  private readonly guests = new Map<string, Repository>();
  private readonly disposables = new DisposableStore();
  private readonly folders: Emitter<void>;
  private readonly timelineChanges: Emitter<void>;
  private readonly changes: Emitter<{ repository: Repository; change: RepositoryChange }>;

  constructor(options: { createEngine: (location: RepositoryLocation) => Engine; log: Logger }) {
    this.createEngine = options.createEngine;
    this.log = options.log;
    const failed = (error: unknown): void => this.log.error('A listener failed', error);
    this.folders = this.disposables.add(new Emitter(failed));
    this.timelineChanges = this.disposables.add(new Emitter(failed));
    this.changes = this.disposables.add(new Emitter(failed));
    this.update();
    this.disposables.add(vscode.workspace.onDidChangeWorkspaceFolders(() => this.update()));
  }

  /** A folder was added to the workspace or removed from it. */
  readonly onDidChangeFolders: Emitter<void>['event'] = (listener) => this.folders.event(listener);

  /** What is known of a timeline changed, or a folder came or went. */
  readonly onDidChangeTimelines: Emitter<void>['event'] = (listener) =>
    this.timelineChanges.event(listener);

  /** Something happened in one of the repositories. */
  readonly onDidChange: Emitter<{ repository: Repository; change: RepositoryChange }>['event'] = (
    listener,
  ) => this.changes.event(listener);

  /** In the order of the workspace's folders. */
  get all(): readonly Repository[] {
    return this.ordered().map((member) => member.repository);
  }

  /** The timelines, in the order of {@link all}. */
  get timelines(): readonly TimelineModel[] {
    return this.ordered().map((member) => member.timeline);
  }

  /** The timeline of a repository of this set. */
  timelineOf(repository: Repository): TimelineModel {
    const member = [...this.members.values()].find((m) => m.repository === repository);
    return member?.timeline ?? new TimelineModel(repository, this.log);
  }

  /** The repository with exactly this folder. */
  at(root: string): Repository | undefined {
    const member = this.ordered().find((one) => one.repository.root === root);
    return member?.repository ?? this.guests.get(root);
  }

  /** The repository of a folder outside of the workspace: no view shows it, but it can be restored into. */
  guest(root: string): Repository {
    const known = this.guests.get(root);
    if (known !== undefined) {
      return known;
    }
    const settings = (): ReturnType<typeof readSettings> => readSettings(vscode.Uri.file(root));
    const engine = this.createEngine(locationOf(root));
    const repository = new Repository({ engine, name: basename(root), settings });
    this.guests.set(root, repository);
    return repository;
  }

  /** The innermost repository that holds a file or folder on disk, and the path in it. */
  locate(uri: vscode.Uri): LocatedPath | undefined {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    const member = folder && this.members.get(folder.uri.toString());
    if (member === undefined || uri.scheme !== 'file') {
      return undefined;
    }
    const path = relative(member.folder.uri.fsPath, uri.fsPath).split(sep).join('/');
    return { repository: member.repository, path };
  }

  dispose(): void {
    this.disposables.dispose();
    for (const member of this.members.values()) {
      member.owned.dispose();
    }
    this.members.clear();
    this.guests.forEach((guest) => guest.dispose());
    this.guests.clear();
  }

  private ordered(): Member[] {
    return (vscode.workspace.workspaceFolders ?? []).flatMap(
      (folder) => this.members.get(folder.uri.toString()) ?? [],
    );
  }

  private update(): void {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(
      (folder) => folder.uri.scheme === 'file',
    );
    const wanted = new Set(folders.map((folder) => folder.uri.toString()));
    for (const [key, member] of this.members) {
      if (!wanted.has(key)) {
        this.members.delete(key);
        member.owned.dispose();
      }
    }
    for (const folder of folders) {
      const member = this.members.get(folder.uri.toString());
      if (member === undefined) {
        this.members.set(folder.uri.toString(), this.open(folder));
      } else {
        // The file of the workspace may call it something else by now.
        member.folder = folder;
        member.repository.rename(folder.name);
      }
    }
    this.folders.fire();
    this.timelineChanges.fire();
  }

  private open(folder: vscode.WorkspaceFolder): Member {
    const owned = new DisposableStore();
    const engine = this.createEngine(locationOf(folder.uri.fsPath));
    const settings = (): ReturnType<typeof readSettings> => readSettings(folder.uri);
    const repository = owned.add(new Repository({ engine, name: folder.name, settings }));
    const timeline = owned.add(new TimelineModel(repository, this.log));
    owned.add(timeline.onDidChange(() => this.timelineChanges.fire()));
    owned.add(repository.onDidChange((change) => this.changes.fire({ repository, change })));
    return { folder, repository, timeline, owned };
  }
}
