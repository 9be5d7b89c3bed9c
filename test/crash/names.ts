/** The beginning of paths. Each text is made once, so that it is hashed once as a key, however many states hold it. */
export class Prefix {
  readonly text: string;
  private readonly longer = new Map<string, Prefix>();

  constructor(text: string) {
    this.text = text;
  }

  /** This text with more after it. */
  then(more: string): Prefix {
    let next = this.longer.get(more);
    if (next === undefined) {
      next = new Prefix(this.text + more);
      this.longer.set(more, next);
    }
    return next;
  }
}
