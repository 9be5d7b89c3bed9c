// Which programs are here. On Debian, as root, missing ones are installed.
import { existsSync } from 'node:fs';
import { run, succeeds } from '../run.mjs';

const mayInstall = () => process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');

const has = (command) => succeeds('which', [command]);

let updated = false;

async function install(name) {
  // Somebody else may be installing something: waits for them.
  const args = ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '--no-install-recommends', name];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  if (await succeeds('apt-get', args)) return;
  if (!updated) await run('apt-get', ['update'], { env });
  updated = true;
  await run('apt-get', args, { env });
}

/**
 * Makes sure that there is a program, or a file that a Debian package brings.
 * @returns why there is none, or undefined
 */
export async function missing({ command, file, debian }) {
  const here = () => (file === undefined ? has(command) : existsSync(file()));
  if (await here()) return undefined;
  if (!mayInstall()) return `${command ?? debian} is not installed`;
  try {
    console.log(`Installing ${debian} …`);
    await install(debian);
  } catch (error) {
    return `${debian} could not be installed: ${error.message.split('\n').at(-1)}`;
  }
  return (await here()) ? undefined : `${debian} did not bring ${command ?? 'its files'}`;
}

/** The version number in what `command --version` says. */
export async function versionOf(command, args = ['--version']) {
  const text = await run(command, args, { output: true });
  return /\d+(\.\d+)+/.exec(text)?.[0] ?? 'version unknown';
}
