import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { everything } from '../../support/directEngine';
import { AgentError, type Agent } from './agent';
import { filesIn } from './diskView';
import type { Random } from './random';

export type Files = Record<string, string>;

/** What has to hold at one moment of a workload. */
export interface Promised {
  /** Checkpoints that were acknowledged as durable and that nobody has begun to delete. */
  durable: ReadonlyMap<string, Files>;
  /** The states that the folder may be in: while a restore runs it is on its way from one to the other. */
  folder: readonly Files[];
  /** How often somebody has edited the folder: between two of these numbers its state is not known. */
  edits: number;
}

/** One person and one engine at work in a folder: edits, takes, restores, undo, deletion, garbage collection. */
export class Workload {
  private readonly root: string;
  private readonly agent: Agent;
  private readonly random: Random;
  private readonly syncs: boolean;
  private readonly durable = new Map<string, Files>();
  private readonly relaxed = new Map<string, Files>();
  private folder: Files[] = [{}];
  private edits = 0;
  /** Operations that were acknowledged. */
  steps = 0;

  /** @param syncs false: what was edited is synced by file, which makes nothing of the engine's durable */
  constructor(root: string, agent: Agent, random: Random, syncs: boolean) {
    this.syncs = syncs;
    this.root = root;
    this.agent = agent;
    this.random = random;
  }

  /** What holds now; a copy. */
  promised(): Promised {
    return { durable: new Map(this.durable), folder: [...this.folder], edits: this.edits };
  }

  async step(): Promise<void> {
    const dice = this.random.next();
    if (dice < 0.45 || this.durable.size < 2) {
      await this.take(dice < 0.3 ? 'manual' : 'auto');
    } else if (dice < 0.8) {
      await this.restore();
    } else if (dice < 0.86) {
      await this.agent.call('collectGarbage', { dryRun: false, graceMs: 0 });
    } else if (dice < 0.93) {
      await this.delete();
    } else {
      await this.tag();
    }
    this.steps++;
  }

  private async take(trigger: 'manual' | 'auto'): Promise<void> {
    this.edit();
    const files = this.folder[0]!;
    const { checkpoint } = await this.agent.call('take', { trigger, rules: everything });
    (trigger === 'manual' ? this.durable : this.relaxed).set(checkpoint.id, files);
  }

  private async restore(): Promise<void> {
    if (this.random.chance(0.5)) {
      this.edit();
    }
    const [rev, target] = this.random.pick([...this.durable]);
    const before = this.folder[0]!;
    this.folder = [before, target];
    const { safety } = await this.agent.call('restore', { rev, exact: true, rules: everything });
    this.folder = [target];
    if (safety !== null) {
      this.durable.set(safety, before);
    }
    if (safety !== null && this.random.chance(0.4)) {
      this.folder = [target, before];
      await this.agent.call('undo', { what: 'undo', rules: everything });
      this.folder = [before];
    }
  }

  private async delete(): Promise<void> {
    const id = this.random.pick([...this.durable.keys(), ...this.relaxed.keys()]);
    this.durable.delete(id);
    this.relaxed.delete(id);
    await this.agent.call('delete', { revs: [id] });
  }

  /** A label makes an automatic checkpoint durable. */
  private async tag(): Promise<void> {
    const id = [...this.relaxed.keys()].at(-1);
    if (id !== undefined) {
      const files = this.relaxed.get(id)!;
      this.relaxed.delete(id);
      await this.agent.call('tag', { rev: id, add: [`kept-${this.steps}`] });
      this.durable.set(id, files);
    }
  }

  /** Changes some files, synced as a careful editor does: what the power takes is then the engine's. */
  private edit(): void {
    this.edits++;
    // Now and then so many that the engine writes them in place, with one sync for all.
    const count = this.edits === 1 || this.random.chance(0.08) ? 90 : 1 + this.random.below(6);
    for (let n = 0; n < count; n++) {
      const name = `d${this.random.below(4)}/f${this.random.below(30)}.txt`;
      const path = join(this.root, name);
      if (this.random.chance(0.2)) {
        rmSync(path, { force: true });
      } else {
        const length = this.random.chance(0.1) ? 40_000 : this.random.below(300);
        writeSynced(path, `${this.edits} ${n} `.repeat(1 + length / 5));
      }
    }
    if (this.syncs) {
      execFileSync('sync', ['-f', this.root]);
    }
    this.folder = [filesIn(this.root)];
  }
}

function writeSynced(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  const fd = openSync(path, 'wx', 0o644);
  writeSync(fd, text);
  fsyncSync(fd);
  closeSync(fd);
}

/** Whether an agent's call ended because the process was killed. */
export function wasKilled(error: unknown): boolean {
  return error instanceof AgentError && error.code === 'KILLED';
}
