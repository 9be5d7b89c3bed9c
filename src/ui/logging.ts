import type * as vscode from 'vscode';
import type { Logger } from '../base/logger';

/** Writes to the log that "Snapdir: Show Log" opens. */
export function channelLogger(channel: vscode.LogOutputChannel): Logger {
  return {
    info: (message) => channel.info(message),
    warn: (message) => channel.warn(message),
    error: (message, error) => {
      if (error === undefined) {
        channel.error(message);
      } else {
        channel.error(message, error instanceof Error ? (error.stack ?? error.message) : error);
      }
    },
  };
}
