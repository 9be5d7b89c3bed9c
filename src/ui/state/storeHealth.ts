import * as vscode from 'vscode';
import { verifyStore } from '../../app/maintainStore';
import type { Repository } from '../../app/repository';
import { isCancelled } from '../../base/abort';
import { DisposableStore, toDisposable, type Disposable } from '../../base/disposable';
import { SnapdirError } from '../../core/errors';
import { logDamage } from '../commands/repairStore';
import type { Ui } from '../uiContext';

const { t } = vscode.l10n;

/** After a window opened, it has better things to do for so long. */
const FIRST_LOOK_MS = 3_000;
/** One stretch of a look, and the pause after it: a diff never waits, and a processor is mostly free. */
const STRETCH_MS = 50;
const PAUSE_MS = 200;
/** The full look goes on with one stretch each time that so much passed. */
const IDLE_MS = 30_000;

/**
 * Looks after the stores of all folders, quietly: soon after a start whether everything is there, and in
 * idle time, a little at a time, whether every byte is as it was. It says something only when something is
 * wrong: content that is damaged, a store that is gone, one that came with the folder.
 */
export function watchHealth(ui: Ui): Disposable {
  const store = new DisposableStore();
  const watched = new Map<Repository, Disposable>();
  const update = (): void => {
    for (const [repository, watch] of watched) {
      if (!ui.repositories.all.includes(repository)) {
        watched.delete(repository);
        watch.dispose();
      }
    }
    for (const repository of ui.repositories.all) {
      if (!watched.has(repository)) {
        watched.set(repository, new HealthWatch(ui, repository));
      }
    }
  };
  update();
  store.add(ui.repositories.onDidChangeFolders(update));
  store.add(toDisposable(() => watched.forEach((watch) => watch.dispose())));
  return store;
}

class HealthWatch implements Disposable {
  private readonly ui: Ui;
  private readonly repository: Repository;
  private readonly abort = new AbortController();
  private timer: NodeJS.Timeout;
  /** What was told already is not told again. */
  private told = '';

  constructor(ui: Ui, repository: Repository) {
    this.ui = ui;
    this.repository = repository;
    this.timer = setTimeout(() => void this.quietly(() => this.start()), FIRST_LOOK_MS);
  }

  dispose(): void {
    this.abort.abort();
    clearTimeout(this.timer);
  }

  private async start(): Promise<void> {
    const { exists, foreign, vanished } = await this.repository.engine.status({});
    if (vanished !== null) {
      void this.tellVanished(vanished.inVault);
    } else if (foreign) {
      void this.tellForeign();
    }
    if (exists) {
      await this.look('quick');
    }
    this.idle();
  }

  /** Looks until the pass is through (quick), or once (full). */
  private async look(depth: 'quick' | 'full'): Promise<void> {
    const { engine } = this.repository;
    const { signal } = this.abort;
    for (;;) {
      const slice = await engine.verifySlice({ depth, ms: STRETCH_MS }, { signal });
      if (slice.done || depth === 'full') {
        return slice.suspects > 0 ? this.judge() : undefined;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  private idle(): void {
    if (!this.abort.signal.aborted) {
      this.timer = setTimeout(() => {
        void this.quietly(() => this.look('full')).then(() => this.idle());
      }, IDLE_MS);
    }
  }

  /** Something looks wrong: finds out what it means for people. */
  private async judge(): Promise<void> {
    const { ui, repository } = this;
    const result = await verifyStore(repository, false, { signal: this.abort.signal });
    const key = result.problems.map(({ kind, address }) => `${kind} ${address}`).join();
    if (result.problemCount === 0 || key === this.told) {
      return;
    }
    this.told = key;
    logDamage(ui, result.damaged);
    const repair = t('Repair…');
    const details = t('Show Details');
    const words =
      result.damagedCount === 0
        ? t(
            'The store of "{0}" is damaged; no snapshot in the list needs what is.',
            repository.name,
          )
        : damageWords(repository.name, result.damagedCount);
    void ui.notices.show('storeDamaged', 'warn', words, repair, details).then((answer) => {
      if (answer === details) {
        ui.showLog();
      }
      return answer === repair ? this.run('snapdir.repair') : undefined;
    });
  }

  private async tellVanished(inVault: boolean): Promise<void> {
    const { ui, repository } = this;
    if (!inVault) {
      void ui.notices.show(
        'storeGone',
        'warn',
        t('The snapshots that "{0}" had are gone, and the vault has no copy.', repository.name),
      );
      return;
    }
    const recover = t('Recover Snapshots…');
    const words = t('The snapshots of "{0}" are gone. The vault has them.', repository.name);
    if ((await ui.notices.show('storeGone', 'warn', words, recover)) === recover) {
      await this.run('snapdir.recoverStore');
    }
  }

  private async tellForeign(): Promise<void> {
    const { ui, repository } = this;
    const adopt = t('Adopt…');
    const words = t('"{0}" brought its own snapshots. They can be looked at.', repository.name);
    const look = t('Look Only');
    if ((await ui.notices.show('storeForeign', 'warn', words, adopt, look)) === adopt) {
      await this.run('snapdir.adopt');
    }
  }

  private async run(command: string): Promise<void> {
    await vscode.commands.executeCommand(command, { folder: this.repository.root });
  }

  /** Nobody asked for this: what fails is for the log, and whoever uses the store is told. */
  private async quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isCancelled(error) && !SnapdirError.is(error, 'STORE_NOT_FOUND')) {
        this.ui.log.error(`Cannot look after the store of ${this.repository.root}`, error);
      }
    }
  }
}

function damageWords(name: string, count: number): string {
  return count === 1
    ? t('Stored content in "{0}" is missing or damaged. 1 snapshot cannot be restored whole.', name)
    : t(
        'Stored content in "{0}" is missing or damaged. {1} snapshots cannot be restored whole.',
        name,
        count,
      );
}
