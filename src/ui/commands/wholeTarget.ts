import { fetchFrom } from '../remotes/fetchFlow';
import type { Ui } from '../uiContext';
import { findTarget, targetOf, type Given, type Target } from './targets';

/** As `findTarget`, for what needs all of a snapshot: one that was only looked into is fetched. */
export async function findWhole(ui: Ui, given: Given, title: string): Promise<Target | undefined> {
  const target = await findTarget(ui, given, title);
  return target && whole(ui, target);
}

/** All of a snapshot: one that was only looked into is fetched, with progress. */
export async function whole(ui: Ui, target: Target): Promise<Target> {
  const { repository, rev, checkpoint } = target;
  const looked = checkpoint === null ? ui.lookedAt.find(repository, rev) : undefined;
  if (looked === undefined) {
    return target;
  }
  return targetOf(repository, (await fetchFrom(ui, repository, looked)).checkpoint);
}
