// Times between what a person does and what is drawn, taken by the page's own clock.

/**
 * Runs in the page: resolves with the milliseconds from the next press of the mouse or of a key to the first
 * frame in which `isDrawn` (the source of a function) says so.
 */
function watch({ isDrawn, patience }) {
  const drawn = new Function(`return (${isDrawn})()`);
  return new Promise((resolve, reject) => {
    let start;
    const begin = () => {
      start ??= performance.now();
    };
    for (const type of ['mousedown', 'keydown']) {
      document.addEventListener(type, begin, { capture: true, once: true });
    }
    const end = performance.now() + patience;
    const look = () => {
      const now = performance.now();
      if (start !== undefined && drawn()) resolve(now - start);
      else if (now > end) reject(new Error(`was not drawn: ${isDrawn}`));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

/** Does `act`, and returns how long it took from its press to `isDrawn`, a function without closure. */
export async function timed(page, isDrawn, act) {
  const watching = page.evaluate(
    `(${watch})(${JSON.stringify({ isDrawn: String(isDrawn), patience: 60_000 })})`,
  );
  watching.catch(() => undefined);
  await page.evaluate('1'); // the watch is on
  await act();
  return watching;
}

/** The source of a function that says whether a view has a row with this text. */
export const hasRow = (view, label) => `() => {
  const pane = [...document.querySelectorAll('.part .pane')].find(
    (one) => one.querySelector('h3.title')?.textContent.trim() === ${JSON.stringify(view)},
  );
  const rows = [...(pane?.querySelectorAll('.monaco-list-row .label-name') ?? [])];
  return rows.some((row) => row.checkVisibility() && row.textContent.includes(${JSON.stringify(label)}));
}`;

/** The source of a function that says whether the diff in front shows this text on its right side. */
export const hasDiff = (text) => `() => {
  const lines = document.querySelectorAll('.monaco-diff-editor .editor.modified .view-line');
  return [...lines].some((line) => line.checkVisibility() &&
    line.textContent.replaceAll('\\u00a0', ' ').includes(${JSON.stringify(text)}));
}`;
