// A VS Code window under a test's hands: a server, a headless browser and the helpers to act in it.
import { launchBrowser } from './browser.mjs';
import { startServer } from './server.mjs';
import { versionFromEnvironment } from './versions.mjs';
import { Workbench } from './workbench.mjs';

/**
 * Opens a window on a folder or .code-workspace file, with the extension installed.
 * See session.d.mts for the options and the result.
 */
export async function openSession(options) {
  const { version = versionFromEnvironment(), theme, settings = {}, size } = options;
  const themed = theme ? { 'workbench.colorTheme': theme, ...settings } : settings;
  const server = await startServer({
    ...{
      version,
      extensions: [options.extensionPath].flat(),
      settings: themed,
      machineSettings: options.machineSettings,
    },
    ...{ workspaceTrust: options.workspaceTrust, env: { ...process.env, ...options.env } },
  });
  const cleanUps = [server.stop];
  const close = async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  };
  try {
    const browser = await launchBrowser();
    cleanUps.push(() => browser.close());
    const context = await browser.newContext({
      viewport: size ?? { width: 1280, height: 800 },
      deviceScaleFactor: options.scale ?? 1,
      locale: 'en-US',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { language } = options;
    if (language) await context.addInitScript(speak, language);
    const open = async (where = options) => {
      const page = await context.newPage();
      await page.goto(server.url(where));
      const workbench = new Workbench(page);
      await workbench.ready();
      return { page, workbench };
    };
    return { ...(await open()), browser, server, openWindow: open, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A language pack says so where there is one; VS Code itself goes on in English, and extensions are told this. */
function speak(language) {
  globalThis._VSCODE_NLS_LANGUAGE = language;
}
