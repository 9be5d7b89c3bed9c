import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import type { Trigger } from '../../core/records';
import type { RelPath } from '../../core/tree';
import { dateWords } from '../filterWords';
import { atOnce } from '../scheduling/coalesce';
import type { Conditions } from '../state/timelineFilter';
import { dirName, visible, withoutIcons } from '../text/displayText';
import { cleanPath } from '../text/inputs';
import type { Ui } from '../uiContext';
import { triggerName } from '../words';
import { pickDates } from './pickDates';
import { pickPath } from './pickPath';

const { t } = vscode.l10n;

/** Keys that follow each other faster are taken together; a look that is under way is left for the next one. */
const TYPING_MS = 20;
const TRIGGERS: readonly Trigger[] = ['manual', 'auto', 'safety', 'cli', 'agent', 'import'];

/** What a condition is changed to; undefined: the person went back. */
type Chosen = Conditions | undefined;

interface ConditionItem extends vscode.QuickPickItem {
  /** Asks for the condition; absent: what is typed is all. */
  ask?: () => Promise<Chosen>;
}

/**
 * Builds the filter of the timeline: what is typed filters at once; each row adds a condition of another kind
 * or takes it away. Escape brings back the filter that was there before.
 */
export async function pickFilter(ui: Ui): Promise<void> {
  const { filter } = ui.timeline;
  const before = filter.current;
  let typed = before.text ?? '';
  ui.timeline.shown.all.forEach((one) => one.prepareText());
  const typing = atOnce(() => filter.set({ ...before, text: typed.trim() }), TYPING_MS);
  const picked = await ui.prompts.pickLive(conditionItems(ui), {
    title: t('Filter Timeline'),
    placeHolder: t('Type to find messages, authors, tags, names and ids, or choose a condition'),
    value: typed,
    onType: (text) => {
      typed = text;
      typing.call();
    },
  });
  typing.cancel();
  if (picked === undefined) {
    filter.set(before);
    return;
  }
  const { item } = picked;
  const text = picked.typed.trim();
  const chosen = item.ask === undefined ? {} : await item.ask();
  filter.set(chosen === undefined ? before : { ...before, text, ...chosen });
}

function conditionItems(ui: Ui): ConditionItem[] {
  const { filter } = ui.timeline;
  const { tag, ref, triggers, path } = filter.current;
  const any = t('any');
  const item = (
    icon: string,
    label: string,
    description: string | undefined,
    ask: () => Promise<Chosen>,
  ): ConditionItem => ({
    iconPath: new vscode.ThemeIcon(icon),
    label,
    description: withoutIcons(visible(description ?? any)),
    alwaysShow: true,
    ask,
  });
  return [
    { label: t('Show what fits the text'), alwaysShow: true },
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    item('tag', t('Tag…'), tag, () => askOne(ui, 'tag')),
    item('bookmark', t('Name…'), ref, () => askOne(ui, 'ref')),
    item('device-camera', t('How it was taken…'), triggers?.map(triggerName).join(', '), () =>
      askTrigger(ui),
    ),
    item('calendar', t('Date…'), dateWords(filter.current) || any, () => pickDates(ui)),
    item('file', t('Touches a file or folder…'), path, () => askPath(ui)),
    ...(filter.isActive
      ? [item('clear-all', t('Clear Filter'), '', () => Promise.resolve(NO_CONDITION))]
      : []),
  ];
}

const NO_CONDITION: Chosen = {
  ...{ text: undefined, tag: undefined, ref: undefined, triggers: undefined },
  ...{ since: undefined, until: undefined, path: undefined },
};

/** Out of the tags or names that there are. */
async function askOne(ui: Ui, kind: 'tag' | 'ref'): Promise<Chosen> {
  const states = await Promise.all(ui.repositories.timelines.map((timeline) => timeline.get()));
  const all = states.flatMap((state) => (kind === 'tag' ? state.tags : Object.keys(state.refs)));
  const known = [...new Set(all)].sort();
  if (known.length === 0) {
    void ui.prompts.info(
      kind === 'tag'
        ? t('No snapshot has a tag. "Add Tag…" in the menu of a snapshot gives it one.')
        : t('No snapshot has a name. "Promote…" in the menu of a snapshot gives it one.'),
    );
    return undefined;
  }
  const items = known.map((value) => ({ label: withoutIcons(visible(value)), value }));
  const picked = await ui.prompts.pick([...items, anyItem()], {
    title: kind === 'tag' ? t('With Which Tag?') : t('With Which Name?'),
  });
  return picked && { [kind]: picked.value };
}

function anyItem(): vscode.QuickPickItem & { value: undefined } {
  return { label: t('Any'), description: t('takes the condition away'), value: undefined };
}

async function askTrigger(ui: Ui): Promise<Chosen> {
  const items = TRIGGERS.map((trigger) => ({ label: triggerName(trigger), value: [trigger] }));
  const picked = await ui.prompts.pick([...items, anyItem()], { title: t('How Was It Taken?') });
  return picked && { triggers: picked.value };
}

/** The active editor's file or folder, one out of the last snapshot, or whatever is typed: it may be gone by now. */
async function askPath(ui: Ui): Promise<Chosen> {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const located = uri && ui.repositories.locate(uri);
  const repository = located?.repository ?? ui.repositories.all[0];
  if (repository === undefined) {
    return undefined;
  }
  const near = located === undefined ? [] : [located.path, dirName(located.path)];
  const items: (vscode.QuickPickItem & { ask: () => Promise<RelPath | undefined> })[] = [
    ...near
      .filter((path) => path !== '')
      .map((path) => ({
        label: withoutIcons(visible(path)),
        description: t('of the active editor'),
        ask: () => Promise.resolve(path),
      })),
    { label: t('Choose a File…'), ask: () => choosePath(ui, repository, 'file') },
    { label: t('Choose a Folder…'), ask: () => choosePath(ui, repository, 'folder') },
    { label: t('Type a Path…'), ask: () => typePath(ui) },
    { ...anyItem(), ask: () => Promise.resolve('') },
  ];
  const picked = await ui.prompts.pick(items, { title: t('Touches Which File or Folder?') });
  const path = await picked?.ask();
  return path === undefined ? undefined : { path };
}

function choosePath(
  ui: Ui,
  repository: Repository,
  kind: 'file' | 'folder',
): Promise<RelPath | undefined> {
  return pickPath(ui, { repository, rev: 'HEAD', kind, title: t('Touches Which File or Folder?') });
}

async function typePath(ui: Ui): Promise<RelPath | undefined> {
  const text = await ui.prompts.input({
    title: t('Touches Which File or Folder?'),
    placeHolder: t('A path in the folder, for example: src/cart.ts'),
    prompt: t('It need not be there any more.'),
    validateInput: (value) =>
      cleanPath(value) === undefined ? t('Write a path inside the folder.') : undefined,
  });
  return text === undefined ? undefined : cleanPath(text);
}
