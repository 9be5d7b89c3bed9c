// The Timeline API of VS Code 1.145 and later, as code.visualstudio.com/api/extension-guides/timeline has it: it
// is in no version that this project is typed by. Before 1.145 a function `registerTimelineProvider` is there
// as well, a proposed one that throws, so the other one says whether there is an API.
import type * as vscode from 'vscode';

/** One entry of the built-in Timeline. */
export interface TimelineItem {
  id: string;
  label: string;
  /** Milliseconds. */
  timestamp: number;
  description?: string;
  tooltip?: string;
  iconPath?: vscode.ThemeIcon;
  command?: vscode.Command;
  contextValue?: string;
  accessibilityInformation?: vscode.AccessibilityInformation;
}

/** A page of entries, newest first; `cursor` where there are more. */
export interface Timeline {
  items: TimelineItem[];
  cursor?: string;
}

export interface TimelineOptions {
  cursor?: string;
  limit?: number;
}

export interface TimelineProvider {
  /** Undefined: all of them changed. */
  onDidChangeTimeline: vscode.Event<vscode.Uri[] | undefined>;
  provideTimeline(
    uri: vscode.Uri,
    options: TimelineOptions,
    token: vscode.CancellationToken,
  ): Promise<Timeline | undefined>;
}

export interface WorkspaceTimelineProvider {
  onDidChangeWorkspaceTimeline: vscode.Event<void>;
  provideWorkspaceTimeline(
    options: TimelineOptions,
    token: vscode.CancellationToken,
  ): Promise<Timeline | undefined>;
}

export interface TimelineApi {
  registerTimelineProvider(
    id: string,
    label: string,
    scheme: string | string[],
    provider: TimelineProvider,
  ): vscode.Disposable;
  registerWorkspaceTimelineProvider(
    id: string,
    label: string,
    provider: WorkspaceTimelineProvider,
  ): vscode.Disposable;
}

/** The API, where this VS Code has it. */
export function timelineApi(workspace: object): TimelineApi | undefined {
  const has = (name: string): boolean =>
    typeof (workspace as Record<string, unknown>)[name] === 'function';
  return has('registerWorkspaceTimelineProvider') && has('registerTimelineProvider')
    ? (workspace as TimelineApi)
    : undefined;
}
