import type { Browser, Page } from 'playwright-core';
import type { Workbench } from './workbench.mjs';

/** What a window shows: a folder (its path, or the URI of one that is on no disk), or a .code-workspace file; without either it is empty. */
export interface Opened {
  folder?: string;
  workspace?: string;
}

/** How a session starts. */
export interface SessionOptions extends Opened {
  /** Otherwise what SNAPDIR_VSCODE_VERSION names, otherwise the newest. */
  version?: 'newest' | 'lowest';
  /** The extension's folder, with what it needs already built; or several. */
  extensionPath: string | string[];
  /** The label of a colour theme, such as "Default Light Modern". */
  theme?: string;
  /** User settings. */
  settings?: Record<string, unknown>;
  machineSettings?: Record<string, unknown>;
  /** True leaves workspace trust on: the folder opens in Restricted Mode. */
  workspaceTrust?: boolean;
  /** What the window speaks to extensions, such as `de`; VS Code's own words stay English. */
  language?: string;
  /** Added to the environment of the server and its extension hosts. */
  env?: Record<string, string>;
  size?: { width: number; height: number };
  /** Pixels of a screenshot for each pixel of the window. */
  scale?: number;
}

/** A VS Code window under a test's hands. */
export interface Session {
  page: Page;
  workbench: Workbench;
  browser: Browser;
  server: { version: string; vscode: string; port: number; dataDir: string };
  /** Opens one more window of the same server; without an argument, on the same folder. */
  openWindow(where?: Opened): Promise<{ page: Page; workbench: Workbench }>;
  /** Ends everything; no process is left behind. */
  close(): Promise<void>;
}

export declare function openSession(options: SessionOptions): Promise<Session>;
