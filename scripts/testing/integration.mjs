// Runs the integration tests inside one VS Code: the launcher's, or the desktop one that
// VSCODE_EXECUTABLE names. SNAPDIR_VSCODE_VERSION says which of the launcher's versions.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { makeSampleWorkspace } from '../sampleWorkspace.mjs';
import { root } from './prepare.mjs';

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'snapdir-integration-')));
const workspace = join(scratch, 'workspace');
// The tests take the snapshots themselves.
makeSampleWorkspace(workspace, { history: false });
try {
  await runTests({
    vscodeExecutablePath:
      process.env.VSCODE_EXECUTABLE || join(root, 'scripts/vscode/launcher.mjs'),
    extensionDevelopmentPath: root,
    extensionTestsPath: join(root, 'out', 'test', 'integration', 'index.cjs'),
    launchArgs: [workspace],
    extensionTestsEnv: { SNAPDIR_TEST_WORKSPACE: workspace },
  });
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
