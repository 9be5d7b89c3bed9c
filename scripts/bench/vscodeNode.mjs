// The engine runs on VS Code's Node, not on the one that happens to be installed: so it is measured there.
import { spawnSync } from 'node:child_process';
import { fetchVSCode } from '../vscode/fetch.mjs';

/** Set for the process that was started anew. */
const CHOSEN = 'SNAPDIR_BENCH_NODE';

/**
 * Starts this script again on the Node of the newest VS Code, where `--node=here` does not say otherwise.
 * @param {string[]} args what the script was called with
 * @returns {Promise<number | undefined>} its exit code; undefined: this process is the one to go on
 */
export async function runOnVSCodesNode(args) {
  if (args.includes('--node=here') || process.env[CHOSEN] !== undefined) return undefined;
  const { node } = await fetchVSCode('newest');
  const { status } = spawnSync(node, [process.argv[1], ...args], {
    stdio: 'inherit',
    env: { ...process.env, [CHOSEN]: node },
  });
  return status ?? 1;
}

/** The arguments without the choice of a Node. */
export const withoutNode = (args) => args.filter((arg) => arg !== '--node=here');
