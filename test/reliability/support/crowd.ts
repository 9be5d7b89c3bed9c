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
/** So many automatic snapshots stay when others are pruned. */
const KEEP = { last: 2, hourly: 0, daily: 0, weekly: 0 };
/** So many snapshots stay when the oldest are deleted. */
const LISTED = 20;
/** Every so many steps somebody falls asleep, or is killed. */
const SLEEP_EVERY = 100;
const KILL_EVERY = 50;
/** What is rare is waited for, but not longer. */
const PATIENCE_MS = 120_000;

/** What a crowd did. */
export interface Counts {
  takes: number;
  relaxed: number;
  collections: number;
  purged: number;
  restores: number;
  deleted: number;
  pruned: number;
  verified: number;
  refused: number;
  slept: number;
  killed: number;
}

/** What has to happen in every crowd: otherwise it shows less than it says. */
export const MUST_HAPPEN = [
  ...(['purged', 'restores', 'deleted', 'pruned', 'verified', 'slept', 'killed'] as const),
];

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
    ...{ deleted: 0, pruned: 0, verified: 0, refused: 0, slept: 0, killed: 0 },
  };
  /** Taken by calls that ended without an answer; each may have left one checkpoint. */
  readonly cutOff = { takes: 0, restores: 0 };
  readonly deleted = new Set<string>();
  /** Automatic ones: a prune that was killed may have taken them off the list, which its record tells. */
  readonly mayBePruned = new Set<string>();
  private readonly automatic = new Set<string>();
  /** What prunes that are under way may be taking off the list. */
  private readonly atRisk = new Set<string>();
  private pruning = 0;
  private steps = 0;
  private readonly begun = performance.now();

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
    const enough = takes >= this.goal.takes && collections >= this.goal.collections;
    const late = performance.now() - this.begun > PATIENCE_MS;
    return enough && (late || MUST_HAPPEN.every((name) => this.counts[name] > 0));
  }

  private isGone(id: string): boolean {
    return this.deleted.has(id) || this.atRisk.has(id) || this.mayBePruned.has(id);
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
    const step = ++this.steps;
    if (step % SLEEP_EVERY === SLEEP_EVERY / 2) {
      await sleep(this.random.below(30));
      agent.signal('SIGSTOP');
      await sleep(SLEEP_MS);
      agent.signal('SIGCONT');
      this.counts.slept++;
    } else if (step % KILL_EVERY === KILL_EVERY / 2) {
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
      return this.random.chance(all === 0 ? 0.5 : left / all)
        ? this.collect(agent)
        : this.take(agent);
    }
    const dice = this.random.next();
    if (dice < 0.4) {
      return this.restore(agent);
    }
    if (dice < 0.8) {
      return dice < 0.65 ? this.delete(agent) : this.prune(agent);
    }
    return this.look(agent);
  }

  private async take(agent: Agent): Promise<void> {
    const trigger = this.random.chance(0.3) ? 'auto' : 'manual';
    const taking = agent.call('take', { trigger, rules: everything });
    taking.catch(() => this.cutOff.takes++);
    const { checkpoint } = await taking;
    if (trigger === 'auto') {
      this.automatic.add(checkpoint.id);
      if (this.pruning > 0) {
        this.atRisk.add(checkpoint.id);
      }
    }
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
      this.cutOff.restores++;
      const { code } = error as AgentError;
      if (OF_DELETED.has(code) && (rev === 'HEAD' || this.isGone(rev))) {
        return;
      }
      if (code === 'RESTORE_PENDING') {
        const action = this.random.pick(['finish', 'undo'] as const);
        await agent.call('recoverRestore', { action, rules: everything }).catch(ifNothingPends);
      }
      throw error;
    }
  }

  /** Takes all automatic ones off the list but the newest. */
  private async prune(agent: Agent): Promise<void> {
    this.pruning++;
    this.automatic.forEach((id) => this.atRisk.add(id));
    try {
      const { checkpoints } = await agent.call('prune', { keep: KEEP, dryRun: false });
      for (const { id } of checkpoints) {
        this.acknowledged.delete(id);
        this.deleted.add(id);
      }
      this.counts.pruned += checkpoints.length;
    } catch (error) {
      if (wasKilled(error)) {
        this.atRisk.forEach((id) => this.mayBePruned.add(id));
      }
      throw error;
    } finally {
      if (--this.pruning === 0) {
        this.atRisk.clear();
      }
    }
  }

  /** Takes the oldest off the list. */
  private async delete(agent: Agent): Promise<void> {
    const revs = [...this.acknowledged].slice(0, Math.max(0, this.acknowledged.size - LISTED));
    for (const id of revs) {
      this.acknowledged.delete(id);
      this.deleted.add(id);
    }
    if (revs.length > 0) {
      const deleting = agent.call('delete', { revs });
      const result = await deleting.catch((error: unknown) => this.ofPruned(error));
      this.counts.deleted += result?.deleted.length ?? 0;
    }
  }

  /** Somebody has just pruned one of them: then none is deleted. */
  private ofPruned(error: unknown): undefined {
    const { code, data } = error as AgentError;
    if (code !== 'REV_NOT_FOUND' || !this.automatic.has((data as { rev: string }).rev)) {
      throw error;
    }
  }

  private async look(agent: Agent): Promise<void> {
    const before = [...this.acknowledged];
    const { problems } = await agent.call('verify', { full: true });
    const { checkpoints } = await agent.call('timeline', { limit: 5000 });
    const listed = new Set<string>(checkpoints.map(({ id }) => id));
    const lost = before.filter((id) => !listed.has(id) && !this.isGone(id));
    this.broken.push(...lost.map((id) => `${id.slice(0, 8)} is not listed`));
    for (const problem of problems) {
      if (problem.checkpoints.some((id) => !this.isGone(id))) {
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
