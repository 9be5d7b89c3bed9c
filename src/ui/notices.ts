import * as vscode from 'vscode';
import type { Prompts } from './prompts';

const { t } = vscode.l10n;

/** What Snapdir says without being asked, or says again and again: each can be hidden for good. */
export type NoticeId =
  | 'restoreInterrupted'
  | 'storeDamaged'
  | 'storeGone'
  | 'storeForeign'
  | 'notCaptured'
  | 'manyChanges'
  | RoutineId;

/** What tells that something went well, which people asked for and expect. */
export type RoutineId =
  | 'restored'
  | 'undone'
  | 'restoredElsewhere'
  | 'fetched'
  | 'nothingDiffers'
  | 'patchMade'
  | 'promoted'
  | 'garbageCollected'
  | 'storeWhole';

/** Where it is remembered what nobody wants to see again. A `vscode.Memento` fits. */
export interface NoticeMemory {
  get(key: string): unknown;
  update(key: string, value: unknown): Thenable<void>;
}

const KEY = 'hiddenNotices';
/** How long the status bar says what its reader wants no message of. */
const STATUS_MS = 10_000;
/** The next notice waits for the one before it, but not for ever: people leave them standing. */
const TURN_MS = 30_000;

/** Notices: one at a time, each with "Don't Show Again". */
export class Notices {
  private readonly prompts: Prompts;
  private readonly memory: NoticeMemory;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(prompts: Prompts, memory: NoticeMemory) {
    this.prompts = prompts;
    this.memory = memory;
  }

  /** Shows a notice when its turn comes. @returns the button; undefined when closed, or hidden by its reader */
  async show(
    id: NoticeId,
    kind: 'info' | 'warn',
    message: string,
    ...buttons: string[]
  ): Promise<string | undefined> {
    const before = this.turn;
    const shown = before.then(() => this.showNow(id, kind, message, buttons));
    this.turn = Promise.race([shown.catch(() => undefined), before.then(wait)]);
    return shown;
  }

  /**
   * Tells at once that something went well. Who hid such messages reads it in the status bar, for a moment.
   * @param ifHidden how to do there what a button would do, in words
   * @returns the button; undefined when closed, or hidden by its reader
   */
  async tell(
    id: RoutineId,
    message: string,
    buttons: readonly string[] = [],
    ifHidden = '',
  ): Promise<string | undefined> {
    if (this.hidden().includes(id)) {
      this.prompts.status([message, ifHidden].join(' ').trim(), STATUS_MS);
      return undefined;
    }
    return this.showNow(id, 'info', message, buttons);
  }

  /** Shows again what was hidden. @returns how many there were */
  async reset(): Promise<number> {
    const count = this.hidden().length;
    await this.memory.update(KEY, undefined);
    return count;
  }

  private async showNow(
    id: NoticeId,
    kind: 'info' | 'warn',
    message: string,
    buttons: readonly string[],
  ): Promise<string | undefined> {
    if (this.hidden().includes(id)) {
      return undefined;
    }
    const never = t("Don't Show Again");
    const answer = await this.prompts[kind](message, ...buttons, never);
    if (answer !== never) {
      return answer;
    }
    await this.memory.update(KEY, [...new Set([...this.hidden(), id])]);
    return undefined;
  }

  private hidden(): unknown[] {
    const value = this.memory.get(KEY);
    return Array.isArray(value) ? value : [];
  }
}

function wait(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, TURN_MS).unref());
}
