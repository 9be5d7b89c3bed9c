import type * as vscode from 'vscode';
import type { Clock } from '../base/clock';
import { DisposableStore, type Disposable } from '../base/disposable';
import type { Logger } from '../base/logger';
import type { Engine, RepositoryLocation } from '../core/engine';
import type { SnapdirApi, TestApi } from './api';
import { registerCommands } from './commands/registerCommands';
import { setContextKey } from './contextKeys';
import { registerDecorations } from './decorations';
import { registerSnapshotFileSystem } from './documents/snapshotFileSystem';
import { keepSpareDocument } from './documents/spareDocument';
import { ComparisonModel } from './comparison/comparisonModel';
import { Notices, type NoticeMemory } from './notices';
import { createPrompts, type Prompts } from './prompts';
import { FoundGit } from './remotes/foundGit';
import type { RemotePorts } from './remotes/remotePorts';
import { Remotes } from './remotes/remotes';
import { PlanModel } from './restore/planModel';
import { followAutoSnapshots } from './state/autoSnapshots';
import { ChangesSet } from './state/changesSet';
import { keepChangeIndex } from './state/changeIndexKeeper';
import { FileHistoryModel } from './state/fileHistoryModel';
import { closeWhatLeaves } from './state/leavingFolders';
import { LookedAt } from './state/lookedAt';
import { RemoteSnapshots } from './state/remoteSnapshots';
import { RepositorySet } from './state/repositorySet';
import { watchHealth } from './state/storeHealth';
import { followVault } from './state/vaultKeeper';
import type { Ui } from './uiContext';
import { registerTimelineProviders } from './timelineProviders';
import { createFileHistoryView } from './views/fileHistoryView';
import { createRemotesView, type RemotesTree } from './views/remotesView';
import { createStatusBar } from './views/statusBar';
import { followTimelines, offerRecovery } from './views/timelineState';
import { createViews } from './views/views';

/** What the user interface is built on. */
export interface UiPorts {
  createEngine: (location: RepositoryLocation) => Engine;
  log: Logger;
  clock: Clock;
  showLog(): void;
  /** Absolute path of the folder for restores that can overwrite nothing. */
  safePlace: string;
  /** What this person does not want to be told again. */
  memory: NoticeMemory;
  /** Permanent stores. */
  remotes: RemotePorts;
  isTest: boolean;
  /** Absolute path of where VS Code keeps what this extension logs in this session. */
  logFolder: string;
}

/** The running user interface. */
export interface RunningUi extends Disposable {
  readonly api: SnapdirApi;
  /** Stops the engines and waits for them. */
  close(): Promise<void>;
}

/** Builds the whole user interface. Nothing is read from disk here: views ask when they are shown. */
export function startUi(ports: UiPorts): RunningUi {
  const { log, clock, isTest, logFolder } = ports;
  const started = performance.now();
  const store = new DisposableStore();
  const repositories = store.add(new RepositorySet({ createEngine: ports.createEngine, log }));
  const changes = store.add(new ChangesSet(repositories));
  const open = { comparison: store.add(new ComparisonModel()), plan: store.add(new PlanModel()) };
  const views = store.add(createViews(repositories, changes, open, clock));
  const fileHistory = store.add(new FileHistoryModel(repositories));
  const { remotesTree, ...stores } = startRemotes(ports, repositories, store);
  const prompts = switchablePrompts();
  const ui: Ui = {
    repositories,
    changes,
    ...{ fileHistory, ...stores },
    timeline: views.timelineView,
    prompts: prompts.current,
    notices: new Notices(prompts.current, ports.memory),
    log,
    clock,
    safePlace: ports.safePlace,
    ...open,
    createEngine: ports.createEngine,
    showComparison: () => showFirst(views.comparison, views.comparisonTree),
    showPlan: () => showFirst(views.plan, views.planTree),
    selectedPlanRows: () => views.plan.selection,
    selectedVersions: () => history.view.selection,
    showLog: () => ports.showLog(),
    selected: undefined,
  };
  setContextKey('snapdir.selected', '');
  store.add(registerSnapshotFileSystem((root) => repositories.at(root), ui.lookedAt, ui.prompts));
  store.add(registerDecorations());
  store.add(registerCommands(ui));
  const history = store.add(createFileHistoryView(fileHistory, repositories, clock));
  store.add(registerTimelineProviders(repositories));
  const { timeline, changes: changesView, comparison } = views;
  store.add(keepSpareDocument([timeline, changesView, comparison, history.view]));
  const status = store.add(createStatusBar(repositories, changes, clock));
  followAll(ui, store);
  const whenReady = readAll(repositories);
  const test = {
    ...{ repositories, changes, views, fileHistory, statusItem: status.item },
    ...{ remotes: ui.remotes, remotesTree },
    ...{ historyView: history.view, historyTree: history.tree },
    ...{ setPrompts: prompts.set, logFolder },
  };
  const activationTime = performance.now() - started;
  return {
    api: createApi(repositories, whenReady, isTest ? { ...test, activationTime } : undefined),
    dispose: () => store.dispose(),
    close: async () => {
      const engines = repositories.all.map((repository) => repository.engine);
      store.dispose();
      await Promise.allSettled(engines.map((engine) => engine.close()));
    },
  };
}

/** What goes by itself as long as the window is open. */
function followAll(ui: Ui, store: DisposableStore): void {
  const { repositories, log } = ui;
  store.add(keepChangeIndex(repositories, log));
  store.add(followTimelines(repositories));
  store.add(followAutoSnapshots(repositories, log));
  store.add(offerRecovery(repositories, ui.notices));
  store.add(watchHealth(ui));
  store.add(followVault(repositories, log));
  store.add(closeWhatLeaves(ui));
}

/** Brings a view up by its first row, and leaves the keyboard where it is. */
async function showFirst<T>(
  view: vscode.TreeView<T>,
  tree: vscode.TreeDataProvider<T>,
): Promise<void> {
  const [first] = (await tree.getChildren()) ?? [];
  if (first !== undefined) {
    await view.reveal(first, { focus: false, select: false });
  }
}

/** Permanent stores and their view. */
function startRemotes(
  ports: UiPorts,
  repositories: RepositorySet,
  store: DisposableStore,
): Pick<Ui, 'remotes' | 'remoteSnapshots' | 'lookedAt'> & { remotesTree: RemotesTree } {
  const { clock, log } = ports;
  const foundGit = store.add(new FoundGit({ git: ports.remotes, repositories, log }));
  const remotes = store.add(new Remotes(ports.remotes, foundGit));
  const remoteSnapshots = store.add(new RemoteSnapshots(remotes, repositories));
  const parts = { remotes, repositories, clock, log, snapshots: remoteSnapshots };
  const { tree: remotesTree } = store.add(createRemotesView(parts));
  return { remotes, remoteSnapshots, lookedAt: new LookedAt(remotes, ports.memory), remotesTree };
}

/** The status bar and the offer to recover need the timelines soon, but not now. */
function readAll(repositories: RepositorySet): () => Promise<void> {
  const read = async (): Promise<void> => {
    await Promise.all(repositories.timelines.map((timeline) => timeline.get()));
  };
  const first = new Promise((resolve) => setImmediate(resolve)).then(read);
  return async () => {
    await first;
    await read();
  };
}

function createApi(
  repositories: RepositorySet,
  whenReady: () => Promise<void>,
  test: TestApi | undefined,
): SnapdirApi {
  return {
    version: 1,
    get folders() {
      return repositories.all.map((repository) => repository.root);
    },
    checkpoints: async (folder, limit = 200) => {
      const repository = repositories.at(folder);
      return repository === undefined
        ? []
        : (await repository.engine.timeline({ limit })).checkpoints;
    },
    onDidChange: (listener) =>
      repositories.onDidChange(({ repository, change }) =>
        listener({ folder: repository.root, change }),
      ),
    whenReady,
    ...(test === undefined ? {} : { test }),
  };
}

/** Prompts whose answers a test can give. Only a test gets hold of `set`. */
function switchablePrompts(): {
  current: Prompts;
  set: (prompts: Partial<Prompts> | undefined) => void;
} {
  const real = createPrompts();
  const current = { ...real };
  return { current, set: (prompts) => Object.assign(current, real, prompts) };
}
