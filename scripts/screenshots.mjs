// `npm run screenshots`: takes the pictures of the README, of the real thing, in four themes.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { build, ensureInstalled, root } from './testing/prepare.mjs';
import { makeAgedSample, makeTeam, takeSecret } from './screenshots/agedSample.mjs';
import { scenes } from './screenshots/scenes.mjs';
import { makeWalkFolder } from './walks/folder.mjs';
import { Stop, runMain, say } from './vscode/say.mjs';

const THEMES = {
  light: 'Default Light Modern',
  dark: 'Default Dark Modern',
  contrast: 'Default High Contrast',
  'contrast-light': 'Default High Contrast Light',
};
const IMAGES = join(root, 'docs', 'images');
/** Nobody waits for a larger picture in a README. */
const MAX_BYTES = 250_000;

/** Takes every picture that needs the same folder, in one window. */
async function takePictures(folder, theme, chosen, more = {}) {
  const { openSession } = await import('./vscode/session.mjs');
  const session = await openSession({
    ...{ version: 'newest', folder, extensionPath: root, theme: THEMES[theme] },
    size: { width: 1280, height: 800 },
    settings: {
      'diffEditor.useInlineViewWhenSpaceIsLimited': false,
      'files.autoSave': 'off',
      'workbench.reduceMotion': 'on',
    },
    ...more,
  });
  try {
    if (chosen[0].startsIn === undefined) await session.workbench.clickActivityBar('Snapdir');
    for (const { name, play } of chosen) {
      await play(session, folder);
      const path = join(IMAGES, `${name}-${theme}.png`);
      await session.page.screenshot({ path, animations: 'disabled' });
      const { size } = statSync(path);
      say(`${relative(root, path)} (${Math.round(size / 1024)} KB)`);
      if (size > MAX_BYTES) throw new Stop(`${path} is larger than ${MAX_BYTES} bytes.`);
    }
  } finally {
    await session.close();
  }
}

await runMain(async () => {
  // Only some themes, or some states of the folder: `npm run screenshots -- dark walks`.
  const only = process.argv.slice(2);
  const known = [...Object.keys(THEMES), ...Object.keys(scenes)];
  const unknown = only.find((name) => !known.includes(name));
  if (unknown) throw new Stop(`There is no theme or state "${unknown}": ${known.join(', ')}.`);
  const chosenOf = (all) => {
    const chosen = Object.keys(all).filter((name) => only.includes(name));
    return chosen.length > 0 ? chosen : Object.keys(all);
  };
  await ensureInstalled();
  build();
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'snapdir-screenshots-')));
  // Whoever takes the pictures is not in them, and nothing of them is in their home.
  Object.assign(process.env, { SNAPDIR_AUTHOR: 'Ada', SNAPDIR_HOME: join(scratch, 'own') });
  try {
    const samples = { sample: join(scratch, 'sample'), walks: join(scratch, 'walks') };
    const cli = join(root, 'dist', 'cli.cjs');
    makeAgedSample(samples.sample, cli);
    makeWalkFolder(samples.walks, cli);
    mkdirSync(IMAGES, { recursive: true });
    for (const theme of chosenOf(THEMES)) {
      for (const state of chosenOf(scenes)) {
        // The folder's name is the window's title.
        const folder = join(scratch, `${theme}-${state}`, 'kettle-and-leaf');
        cpSync(state === 'walks' ? samples.walks : samples.sample, folder, {
          recursive: true,
          preserveTimestamps: true,
        });
        if (state === 'empty' || state === 'firstUse')
          rmSync(join(folder, '.snapdir'), { recursive: true });
        if (state === 'damaged') writeFileSync(join(folder, '.snapdir', 'FORMAT'), 'damaged');
        if (state === 'secret') takeSecret(folder, cli);
        const home = dirname(folder);
        const more =
          state === 'team'
            ? { machineSettings: makeTeam(folder, home, cli), env: { HOME: home } }
            : {};
        await takePictures(folder, theme, scenes[state], more);
      }
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
});
