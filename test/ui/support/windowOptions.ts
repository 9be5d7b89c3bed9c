import type { TreeSpec } from '../../support/fileTree';
import type { VSCodeWindow } from './vscodeWindow';

/** The settings of every window. */
export const SETTINGS = {
  // As in VS Code on a desktop, and nothing pops up while a test types.
  ...{ 'files.autoSave': 'off', 'editor.quickSuggestions': false },
  // Quick Open finds files of the folder, never a snapshot's version that an earlier test looked at.
  'search.quickOpen.includeHistory': false,
  // Languages start servers of their own, seconds of work in each window, and no test looks at what they say.
  'files.associations': { '*.ts': 'plaintext', '*.md': 'plaintext' },
};

/** What a window begins with. */
export interface WindowOptions {
  files?: TreeSpec;
  /** Runs before VS Code starts. */
  prepare?: (window: VSCodeWindow) => Promise<void> | void;
  settings?: Record<string, unknown>;
  /** Settings of the machine, which may name the folder. */
  machineSettings?: (folder: string) => Record<string, unknown>;
  /** True opens the folder in Restricted Mode. */
  workspaceTrust?: boolean;
  /** Added to the environment of the extension. */
  env?: Record<string, string>;
  /** What the window speaks to extensions; English where nothing is said. */
  language?: string;
  /** The folder is this person's home folder. */
  asHome?: boolean;
  /** A .code-workspace file below the folder, opened instead of the folder. */
  workspaceFile?: string;
  /** Extensions of test/fixtures that are installed, too. */
  extensions?: string[];
  /** The first test, which cannot be done twice in one window, starts over where it is tried again. */
  startsOver?: boolean;
  /** Which part of the sidebar is open at first. */
  startsIn?: 'Snapdir' | 'Explorer';
}
