import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import type { Target } from '../../app/transfer/target';
import { DisposableStore, type Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import { SnapdirError } from '../../core/errors';
import { GIT_STORE } from '../../core/storageMode';
import { setContextKey } from '../contextKeys';
import { defaultRemote, remoteFields, writeDefaultRemote, writeRemotes } from '../state/settings';
import type { FoundGit } from './foundGit';
import type { RemotePorts } from './remotePorts';
import { entryOf, FOUND_GIT, GIT_FIELDS, mayHaveKeys, type StoreEntry } from './storeEntry';

/** The stores that this person configured. Nothing in a workspace has a say in them. */
export class Remotes implements Disposable {
  readonly ports: RemotePorts;
  /** In which folders Git has promotions. */
  readonly foundGit: FoundGit;
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());

  /** Stores were added, changed or removed. */
  readonly onDidChange = this.changed.event;

  constructor(ports: RemotePorts, foundGit: FoundGit) {
    this.ports = ports;
    this.foundGit = foundGit;
    const updateKey = (): void => setContextKey('snapdir.hasStores', this.shown.length > 0);
    const update = (): void => {
      updateKey();
      this.changed.fire();
    };
    updateKey();
    this.disposables.add(foundGit.onDidChange(update));
    let before = settingsText();
    this.disposables.add(
      // What VS Code drops while it starts, out of settings that may not name stores, is part of no event.
      vscode.workspace.onDidChangeConfiguration(() => {
        const now = settingsText();
        if (now !== before) {
          before = now;
          update();
        }
      }),
    );
  }

  /** The default one first, then by name. */
  get all(): StoreEntry[] {
    const chosen = defaultRemote();
    return Object.entries(remoteFields())
      .map(([name, fields]) => entryOf(name, fields, name === chosen))
      .sort((a, b) => Number(b.isDefault) - Number(a.isDefault) || (a.name < b.name ? -1 : 1));
  }

  /** Those, and the Git store where a repository of the workspace has promotions, though no settings name it. */
  get shown(): StoreEntry[] {
    const { all } = this;
    const isFound = this.foundGit.any && !all.some(({ kind }) => kind === 'git');
    return isFound ? [...all, FOUND_GIT] : all;
  }

  /** The Git store needs no settings. @throws STORE_NAME_UNKNOWN */
  get(name: string): StoreEntry {
    const { all } = this;
    const found = all.find((one) => one.name === name);
    if (found === undefined && name === GIT_STORE) {
      return FOUND_GIT;
    }
    if (found === undefined) {
      throw new SnapdirError('STORE_NAME_UNKNOWN', { name, known: all.map((one) => one.name) });
    }
    return found;
  }

  /** Opens a store for one piece of work, and closes it whatever comes of that. @throws STORE_NAME_UNKNOWN, REMOTE_… */
  async use<T>(
    name: string,
    repository: Repository,
    work: (target: Target) => Promise<T>,
  ): Promise<T> {
    const entry = this.get(name);
    if (entry.kind === 'broken') {
      throw entry.error;
    }
    const store =
      entry.kind === 'git'
        ? await this.ports.openGit(repository.root)
        : await this.ports.openStore(entry.remote);
    try {
      const readOnly = entry.kind === 'remote' && entry.remote.readOnly;
      return await work({ name, store, readOnly });
    } finally {
      await store.close().catch(() => undefined);
    }
  }

  /** Writes a store into this person's settings; the first one becomes the default. */
  async add(name: string, fields: Record<string, unknown>): Promise<void> {
    const isFirst = this.all.length === 0;
    await writeRemotes((remotes) => ({ ...remotes, [name]: fields }));
    if (isFirst) {
      await writeDefaultRemote(name);
    }
  }

  /** Where a person chose the Git store that was found: it is one of theirs now, as if they had added it, and is shown. */
  async addFoundGit(): Promise<void> {
    if (!this.all.some(({ kind }) => kind === 'git')) {
      await this.add(GIT_STORE, { ...GIT_FIELDS });
    }
  }

  /** Names of stores that have keys but are none of the settings any more, or nothing that has keys. */
  async leftWithKeys(): Promise<string[]> {
    const users = new Set(this.all.filter(mayHaveKeys).map(({ name }) => name));
    return (await this.ports.keys.stores()).filter((name) => !users.has(name));
  }

  /** Takes a store out of the settings, and forgets its keys. What it holds stays. */
  async remove(entry: StoreEntry): Promise<void> {
    await this.ports.keys.forget(entry.name, entry.kind === 'remote' ? entry.remote : undefined);
    await writeRemotes((remotes) =>
      Object.fromEntries(Object.entries(remotes).filter(([name]) => name !== entry.name)),
    );
    if (entry.isDefault) {
      await writeDefaultRemote(undefined);
    }
  }

  dispose(): void {
    this.disposables.dispose();
  }
}

/** What settings say of stores, to compare. */
const settingsText = (): string => JSON.stringify([remoteFields(), defaultRemote()]);
