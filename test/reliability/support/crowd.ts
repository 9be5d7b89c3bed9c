import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { everything } from '../../support/directEngine';
import { Agent, AgentError } from './agent';
import type { Random } from './random';
import { wasKilled } from './workload';

/** How much faster the clock goes that leases are judged by: half a minute of silence is 1.5 s. */
const SPEED = 20;
/** Unneeded content is left alone for so long, instead of two weeks. */
const GRACE_MS = 200;
/** Longer than it takes a lease to become stale. */
const SLEEP_MS = 2000;

/** What may happen to somebody who is not alone. */
const EXPECTED = new Set(['STORE_BUSY', 'RESTORE_PENDING', 'NOTHING_TO_UNDO']);
/** What may happen to somebody who wants back what another one has just deleted. */
const OF_DELETED = new Set(['REV_NOT_FOUND', 'MANIFEST_NOT_FOUND', 'OBJECT_NOT_FOUND']);

/** What a crowd did. */
export interface Counts {
  takes: number;
  relaxed: number;
  collections: number;
  purged: number;
  restores: number;
  deleted: number;
  verified: number;
  refused: number;
  slept: number;
  killed: number;
}

export interface Goal {
  processes: number;
  takes: number;
  collections: number;
}

/** Several processes, and somebody who edits, at work in one folder at the same time. */
export class Crowd {
  readonly root: string;
  private readonly random: Random;
  private readonly goal: Goal;
  /** Acknowledged and not (about to be) deleted. */
  readonly acknowledged = new Set<string>();
  /** Every text that any file ever had. */
  readonly texts = new Set<string>();
  readonly broken: string[] = [];
  readonly counts: Counts = {
    ...{ takes: 0, relaxed: 0, collections: 0, purged: 0, restores: 0 },
    ...{ deleted: 0, verified: 0, refused: 0, slept: 0, killed: 0 },
  };
  private readonly deleted = new Set<string>();

  constructor(root: string, random: Random, goal: Goal) {
    this.root = root;
    this.random = random;
    this.goal = goal;
  }

  /** Everybody works until there were enough takes and collections. */
  async work(): Promise<void> {
    this.edit(30);
    const { processes } = this.goal;
    await Promise.all(Array.from({ length: processes }, () => this.member()));
  }

  private get isOver(): boolean {
    const { takes, collections } = this.counts;
    return takes >= this.goal.takes && collections >= this.goal.collections;
  }

  /** One process after the other, when the last one was killed. */
  private async member(): Promise<void> {
    while (!this.isOver && this.broken.length === 0) {
      const agent = new Agent({ root: this.root, speed: SPEED });
      const life = this.random.chance(0.7) ? Infinity : 5 + this.random.below(60);
      for (let step = 0; step < life && !this.isOver && agent.alive; step++) {
        await this.step(agent);
      }
      await agent.kill();
    }
  }

  private async step(agent: Agent): Promise<void> {
    this.edit(this.random.below(4));
    const doing = this.act(agent).catch((error: unknown) => this.note(error));
    if (this.random.chance(0.01)) {
      await sleep(this.random.below(30));
      agent.signal('SIGSTOP');
      await sleep(SLEEP_MS);
      agent.signal('SIGCONT');
      this.counts.slept++;
    } else if (this.random.chance(0.02)) {
      await sleep(this.random.below(30));
      await agent.kill();
      this.counts.killed++;
    }
    await doing;
  }

  private act(agent: Agent): Promise<void> {
    if (this.counts.takes === 0) {
      return this.take(agent); // They all find no store, and make one.
    }
    const { takes, collections } = this.goal;
    if (this.random.chance(0.8)) {
      // What is still to be done of both, in this proportion.
      const left = Math.max(0, collections - this.counts.collections);
      const all = left + Math.max(0, takes - this.counts.takes);
      return this.random.chance(left / Math.max(1, all)) ? this.collect(agent) : this.take(agent);
    }
    const dice = this.random.next();
    if (dice < 0.4) {
      return this.restore(agent);
    }
    return dice < 0.8 ? this.delete(agent) : this.look(agent);
  }

  private async take(agent: Agent): Promise<void> {
    const trigger = this.random.chance(0.3) ? 'auto' : 'manual';
    const { checkpoint } = await agent.call('take', { trigger, rules: everything });
    // Only the power may take an automatic one back, and it stays on here.
    this.acknowledged.add(checkpoint.id);
    this.counts.takes++;
    this.counts.relaxed += trigger === 'auto' ? 1 : 0;
  }

  private async collect(agent: Agent): Promise<void> {
    const result = await agent.call('collectGarbage', { dryRun: false, graceMs: GRACE_MS });
    this.counts.collections++;
    this.counts.purged += result.purgedObjects;
  }

  private async restore(agent: Agent): Promise<void> {
    const rev = this.random.pick([...this.acknowledged, 'HEAD']);
    const exact = this.random.chance(0.3);
    try {
      const { safety } = await agent.call('restore', { rev, exact, rules: everything });
      this.counts.restores++;
      if (safety !== null) {
        this.acknowledged.add(safety);
      }
    } catch (error) {
      const { code } = error as AgentError;
      if (OF_DELETED.has(code) && (rev === 'HEAD' || this.deleted.has(rev))) {
        return;
      }
      if (code === 'RESTORE_PENDING') {
        const action = this.random.pick(['finish', 'undo'] as const);
        await agent.call('recoverRestore', { action, rules: everything }).catch(ifNothingPends);
      }
      throw error;
    }
  }

  /** Prunes: takes the oldest off the list. */
  private async delete(agent: Agent): Promise<void> {
    const revs = [...this.acknowledged].slice(0, Math.max(0, this.acknowledged.size - 12));
    for (const id of revs) {
      this.acknowledged.delete(id);
      this.deleted.add(id);
    }
    if (revs.length > 0) {
      const result = await agent.call('delete', { revs });
      this.counts.deleted += result.deleted.length;
    }
  }

  private async look(agent: Agent): Promise<void> {
    const before = [...this.acknowledged];
    const { problems } = await agent.call('verify', { full: true });
    const { checkpoints } = await agent.call('timeline', { limit: 5000 });
    const listed = new Set<string>(checkpoints.map(({ id }) => id));
    const lost = before.filter((id) => !listed.has(id) && !this.deleted.has(id));
    this.broken.push(...lost.map((id) => `${id.slice(0, 8)} is not listed`));
    for (const problem of problems) {
      if (problem.checkpoints.some((id) => !this.deleted.has(id))) {
        this.broken.push(`verify: ${JSON.stringify(problem)}`);
      }
    }
    this.counts.verified++;
  }

  private note(error: unknown): void {
    if (error instanceof AgentError && EXPECTED.has(error.code)) {
      this.counts.refused++;
    } else if (!wasKilled(error)) {
      this.broken.push(`${(error as AgentError).code}: ${(error as Error).message}`);
    }
  }

  /** Changes some files as editors do: each is replaced by a whole one. */
  private edit(count: number): void {
    const draft = `${this.root}.draft`;
    for (let n = 0; n < count; n++) {
      const path = join(this.root, `d${this.random.below(3)}`, `f${this.random.below(10)}`);
      const text = `${this.random.below(40)}`.repeat(1 + this.random.below(400));
      this.texts.add(text);
      writeFileSync(draft, text);
      mkdirSync(join(path, '..'), { recursive: true });
      renameSync(draft, path);
    }
    if (count > 0 && this.random.chance(0.1)) {
      rmSync(join(this.root, `d${this.random.below(3)}`, `f${this.random.below(10)}`), {
        force: true,
      });
    }
  }
}

/** Another one was faster. */
function ifNothingPends(error: unknown): void {
  if (!(error instanceof AgentError) || error.code !== 'NOTHING_TO_RECOVER') {
    throw error;
  }
}
