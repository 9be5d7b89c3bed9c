import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { CheckpointInfo } from '../../../src/core/engine';
import type { Repository } from '../../../src/app/repository';
import type { SnapdirApi, TestApi } from '../../../src/ui/api';
import type {
  CommandArgument,
  CommandId,
  CommandTypes,
} from '../../../src/ui/commands/commandTypes';
import type { Prompts } from '../../../src/ui/prompts';
import type { CheckpointNode, TreeNode } from '../../../src/ui/tree/nodes';

/** The extension as the tests see it. */
export interface Extension {
  api: SnapdirApi;
  test: TestApi;
}

/** Activates the extension and waits until it has read the timelines. */
export async function activate(): Promise<Extension> {
  const extension = vscode.extensions.getExtension<SnapdirApi>('snapdir.snapdir');
  assert.ok(extension, 'the extension is installed');
  const api = await extension.activate();
  await api.whenReady();
  assert.ok(api.test, 'the extension knows that it runs under test');
  return { api, test: api.test };
}

/** The first workspace folder. */
export function root(): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'a folder is open');
  return folder.uri.fsPath;
}

/** The repository of the first workspace folder. */
export function firstRepository(test: TestApi): Repository {
  const repository = test.repositories.at(root());
  assert.ok(repository, 'the folder has a repository');
  return repository;
}

/** Writes files below the folder: null removes, text and bytes are written. */
export function change(files: Record<string, string | Uint8Array | null>, at = root()): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(at, path);
    if (content === null) {
      rmSync(file, { recursive: true, force: true });
    } else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }
}

/** Runs one of our commands, typed. */
export async function run<K extends CommandId>(
  id: K,
  ...args: unknown[]
): Promise<Awaited<ReturnType<CommandTypes[K]>>> {
  return vscode.commands.executeCommand<Awaited<ReturnType<CommandTypes[K]>>>(id, ...args);
}

/** Takes a snapshot of the first folder without a question. */
export async function take(message: string, more: CommandArgument = {}): Promise<CheckpointInfo> {
  const checkpoint = await run('snapdir.takeSnapshot', { message, ...more });
  assert.ok(checkpoint, 'a snapshot was taken');
  return checkpoint;
}

/** What prompts asked, in order. */
export interface Asked {
  kind: keyof Prompts;
  text: string;
  buttons: readonly string[];
  /** What stands beside the rows of a list. */
  descriptions?: readonly (string | undefined)[];
  /** What stands in an input at first. */
  value?: string | undefined;
  /** What is said against the answer. */
  problem?: string | undefined;
}

/**
 * Answers prompts with a script: `modal` gives the button to press (or undefined for Cancel), `pick`
 * the beginning of a label, `row` that and the button to press, `input` a text, `folder` and `file` a path. Messages are noted and never answered, unless `message` is.
 */
export function answer(
  test: TestApi,
  script: {
    modal?: string[];
    /** What happens while a question is open, before its button is pressed. */
    whileOpen?: (text: string) => Promise<void>;
    pick?: string[];
    row?: { label: string; button?: string }[];
    input?: string[];
    folder?: string[];
    file?: string[];
    /** What is typed into a list that takes it, instead of picking a row. */
    typed?: string;
    /** What is typed into a list that is searched, before a row of what is found is picked. */
    search?: string[];
    many?: string[];
    save?: vscode.Uri;
    /** Paths of files that are chosen. */
    files?: string[];
    message?: string[];
    /** A message that stays until its answer comes, where `message` presses nothing. */
    stays?: (text: string) => Promise<string | undefined> | undefined;
  } = {},
): Asked[] {
  const asked: Asked[] = [];
  const note = (kind: keyof Prompts, text: string, buttons: readonly string[]): void => {
    asked.push({ kind, text, buttons });
  };
  const say =
    (kind: 'info' | 'warn' | 'error') =>
    (text: string, ...buttons: string[]): Promise<string | undefined> => {
      note(kind, text, buttons);
      const pressed = buttons.find((button) => script.message?.includes(button));
      return (pressed === undefined ? script.stays?.(text) : undefined) ?? Promise.resolve(pressed);
    };
  test.setPrompts({
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    status: (text) => note('status', text, []),
    modal: async (text, detail, buttons) => {
      note('modal', `${text}\n${detail}`, buttons);
      const wanted = script.modal?.shift();
      await script.whileOpen?.(text);
      return buttons.find((button) => button === wanted);
    },
    pick: async (items, options) => {
      const list = await items;
      note(
        'pick',
        options.title ?? '',
        list.map((item) => item.label),
      );
      Object.assign(asked.at(-1)!, { descriptions: list.map((item) => item.description) });
      const wanted = script.pick?.shift();
      const plain = (label: string): string => label.replace(/^\$\([\w-]+\) /u, '');
      return list.find((item) => wanted !== undefined && plain(item.label).startsWith(wanted));
    },
    pickRow: (items, options) => {
      note(
        'pickRow',
        options.title,
        items.map((item) => item.label),
      );
      const wanted = script.row?.shift();
      const plain = (label: string): string => label.replace(/^\$\([\w-]+\) /u, '');
      const item = items.find(({ label }) => wanted && plain(label).startsWith(wanted.label));
      const button = item?.buttons?.find(({ tooltip }) => tooltip === wanted?.button);
      return Promise.resolve(item && { item, button });
    },
    openFolder: (options) => {
      note('openFolder', options.title ?? '', []);
      const path = script.folder?.shift();
      return Promise.resolve(path === undefined ? undefined : vscode.Uri.file(path));
    },
    pickOrType: (items, options, typed) => {
      note(
        'pickOrType',
        options.title,
        items.map((item) => item.label),
      );
      Object.assign(asked.at(-1)!, { descriptions: items.map((item) => item.description) });
      const wanted = script.pick?.shift();
      if (wanted === undefined && script.typed !== undefined) {
        return Promise.resolve(typed(script.typed));
      }
      return Promise.resolve(items.find(({ label }) => wanted && label.startsWith(wanted)));
    },
    pickSearched: async (list) => {
      const { signal } = new AbortController();
      const items = await list.rows(script.search?.shift() ?? '', 1, signal);
      note(
        'pickSearched',
        list.title,
        items.map((item) => item.label),
      );
      Object.assign(asked.at(-1)!, { descriptions: items.map((item) => item.description) });
      const wanted = script.pick?.shift();
      if (wanted === undefined && script.typed !== undefined) {
        return list.typed(script.typed);
      }
      return items.find(({ label }) => wanted !== undefined && label.startsWith(wanted));
    },
    openFile: (options) => {
      note('openFile', options.title ?? '', []);
      const path = script.file?.shift();
      return Promise.resolve(path ? vscode.Uri.file(path) : undefined);
    },
    pickMany: (items, options) => {
      note(
        'pickMany',
        options.title,
        items.map((item) => item.label),
      );
      return Promise.resolve(
        script.many && items.filter(({ label }) => script.many?.includes(label)),
      );
    },
    openFiles: (options) => {
      note('openFiles', options.title ?? '', []);
      return Promise.resolve(script.files?.map((path) => vscode.Uri.file(path)));
    },
    saveAs: () => Promise.resolve(script.save),
    input: async (options) => {
      note('input', options.title ?? '', []);
      const one = asked.at(-1);
      const text = script.input?.shift();
      const said = text === undefined ? undefined : await options.validateInput?.(text);
      const problem = typeof said === 'object' ? said?.message : said;
      Object.assign(one!, { value: options.value, problem });
      return text;
    },
  });
  return asked;
}

/** Waits until a check gives something other than undefined or false. */
export async function eventually<T>(
  what: string,
  check: () => T | undefined | false | Promise<T | undefined | false>,
  timeout = 8_000,
): Promise<T> {
  const end = Date.now() + timeout;
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== false) {
      return value;
    }
    if (Date.now() > end) {
      throw new Error(`Waited in vain: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The rows below a row of the timeline. */
export function timelineNodes(test: TestApi, node?: TreeNode): Promise<TreeNode[]> {
  return test.views.timelineTree.getChildren(node);
}

/** The row of a checkpoint. */
export async function checkpointRow(test: TestApi, id: string): Promise<CheckpointNode> {
  return eventually(`a row for ${id}`, async () => {
    for (const top of await timelineNodes(test)) {
      const rows = top.kind === 'day' ? await timelineNodes(test, top) : [top];
      const found = rows.find((row) => row.kind === 'checkpoint' && row.checkpoint.id === id);
      if (found?.kind === 'checkpoint') {
        return found;
      }
    }
    return undefined;
  });
}

/** The label of a row, as text. */
export function labelOf(item: vscode.TreeItem): string {
  return typeof item.label === 'string' ? item.label : (item.label?.label ?? '');
}

/** The tab in front. */
export function activeTab(): vscode.Tab | undefined {
  return vscode.window.tabGroups.activeTabGroup.activeTab;
}

/** Closes every editor, without questions. */
export async function closeEditors(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
