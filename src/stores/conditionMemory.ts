import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock';

/** So long an answer is believed: a server may be replaced by one that keeps none. */
const BELIEVED_MS = 7 * 24 * 3_600_000;
const ANSWER = /^(kept|not kept) (\d{1,15})\n$/;

/**
 * Which stores keep conditions on writes, so that each is tried out once a week and not in every promotion: trying takes
 * eight requests. A file for each store, named by a hash of its id, in the user's own folder. Best effort: what cannot be
 * read or written is tried out again.
 */
export class ConditionMemory {
  private readonly folder: string | undefined;
  private readonly clock: Clock;
  /** Id → answer and when, for where there is no folder. */
  private readonly known = new Map<string, { conditional: boolean; at: number }>();

  /** @param home Snapdir's folder of this user; undefined: this process alone remembers */
  constructor(home: string | undefined, clock: Clock) {
    this.folder = home === undefined ? undefined : join(home, 'conditions');
    this.clock = clock;
  }

  /** Whether a store keeps conditions; undefined: it has to be tried out. */
  async recall(id: string): Promise<boolean | undefined> {
    const found = (await this.read(id)) ?? this.known.get(id);
    const age = found === undefined ? -1 : this.clock.now() - found.at;
    return age >= 0 && age < BELIEVED_MS ? found?.conditional : undefined;
  }

  /** Remembers what trying it out found. */
  async note(id: string, conditional: boolean): Promise<void> {
    const at = this.clock.now();
    this.known.set(id, { conditional, at });
    if (this.folder === undefined) {
      return;
    }
    const path = this.pathOf(this.folder, id);
    const draft = `${path}.${randomUUID()}`;
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      await writeFile(draft, `${conditional ? 'kept' : 'not kept'} ${at}\n`, { mode: 0o600 });
      await rename(draft, path);
    } catch {
      await unlink(draft).catch(() => undefined);
    }
  }

  /** A condition was not kept: it has to be tried out again. */
  async forget(id: string): Promise<void> {
    this.known.delete(id);
    if (this.folder !== undefined) {
      await unlink(this.pathOf(this.folder, id)).catch(() => undefined);
    }
  }

  private async read(id: string): Promise<{ conditional: boolean; at: number } | undefined> {
    if (this.folder === undefined) {
      return undefined;
    }
    const text = await readFile(this.pathOf(this.folder, id), 'utf8').catch(() => '');
    const [, answer, at] = ANSWER.exec(text) ?? [];
    return answer === undefined ? undefined : { conditional: answer === 'kept', at: Number(at) };
  }

  private pathOf(folder: string, id: string): string {
    return join(folder, createHash('sha256').update(id).digest('hex').slice(0, 32));
  }
}
