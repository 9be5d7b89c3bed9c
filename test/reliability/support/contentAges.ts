const SECOND_NS = 1_000_000_000n;
export const HOUR_NS = 3_600n * SECOND_NS;
export const DAY_NS = 24n * HOUR_NS;

/** Content that is younger is not set aside, as far as time can be believed. */
const GRACE_NS = 14n * DAY_NS;
/** What was set aside stays for so long, and so long after a leap nothing is set aside. */
const TRASH_NS = DAY_NS;
/** A step's own time may pass between a deed and the look at it. */
const STEP_NS = HOUR_NS;

/** Time that really passed, and when (in it) the clock last leapt. */
export interface Moment {
  passed: bigint;
  leapt: bigint | undefined;
}

const days = (ns: bigint): string => (Number(ns / HOUR_NS) / 24).toFixed(1);

/** Since when each content of a store is there, and since when nobody needs it. */
export class ContentAges {
  readonly broken: string[] = [];
  private readonly unneeded = new Map<string, bigint>();
  private readonly stored = new Map<string, bigint>();
  private readonly setAside = new Set<string>();

  /**
   * Nothing leaves its place in the store sooner than is promised.
   * @param places content → whether it is in its place; else it is in the trash
   * @param begun when the last deed began: the clock may be set in its middle
   */
  checkPlaces(places: ReadonlyMap<string, boolean>, at: Moment, begun: Moment): void {
    for (const [text, inPlace] of places) {
      const since = this.stored.get(text);
      if (inPlace) {
        this.stored.set(text, since ?? begun.passed);
      } else if (since !== undefined) {
        this.stored.delete(text);
        const again = this.setAside.has(text);
        this.setAside.add(text);
        const isOld = at.passed - since + STEP_NS >= GRACE_NS;
        const { leapt } = begun;
        const isBelieved = leapt !== undefined && at.passed - leapt + STEP_NS >= TRASH_NS;
        // What came back from the trash because it was needed again is as old as it was.
        if (!isOld && !isBelieved && !again) {
          this.broken.push(`"${text}" was set aside ${days(at.passed - since)} days old`);
        }
      }
    }
  }

  /** No content may be gone for good sooner after its last use than is promised. */
  checkGone(needed: ReadonlySet<string>, places: ReadonlyMap<string, boolean>, at: Moment): void {
    for (const text of new Set([...this.unneeded.keys(), ...needed])) {
      if (needed.has(text)) {
        this.unneeded.set(text, at.passed);
      }
    }
    for (const [text, since] of this.unneeded) {
      if (!places.has(text)) {
        if (at.passed - since + STEP_NS < TRASH_NS) {
          this.broken.push(`"${text}" is gone after ${days(at.passed - since)} days`);
        }
        this.unneeded.delete(text);
      }
    }
  }
}
