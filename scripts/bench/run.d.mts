export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Resolve with what it prints. */
  output?: boolean;
  /** A file to read from. */
  stdin?: string;
}

export function timeProgramsWith(program: string): void;
export function programTime(): number | undefined;
export function run(
  command: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<string>;
export function succeeds(command: string, args: readonly string[]): Promise<boolean>;
export function atEnd(undo: () => unknown): () => Promise<void>;
export function end(): Promise<void>;
export function tidyOnSignals(): void;
export function interrupted(): boolean;
