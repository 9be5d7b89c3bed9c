import { randomBytes } from 'node:crypto';
import { systemClock } from '../../src/base/clock';
import { nullLogger } from '../../src/base/logger';
import type { ExcludeRules } from '../../src/core/records';
import type { EngineEnv } from '../../src/engine/context';
import { quietControl } from '../../src/engine/context';
import { nodeFs } from '../../src/engine/disk/nodeFs';
import { createMethods, type MethodTable } from '../../src/engine/engine';

/** Every file, whatever ignore files say. */
export const everything: ExcludeRules = { useIgnoreFiles: false, patterns: [], noIgnore: true };
/** The defaults of the settings, without globs. */
export const defaultRules: ExcludeRules = { useIgnoreFiles: true, patterns: [], noIgnore: false };

/** The surroundings of an engine on the real file system, each part replaceable. */
export function testEnv(replace: Partial<EngineEnv> = {}): EngineEnv {
  return {
    fs: nodeFs,
    clock: systemClock,
    log: nullLogger,
    randomName: () => randomBytes(16).toString('hex'),
    author: 'test@host',
    platform: process.platform,
    ...replace,
  };
}

/** The engine itself, without threads: what a worker runs. */
export function directEngine(root: string, replace: Partial<EngineEnv> = {}): MethodTable {
  return createMethods(testEnv(replace), { root });
}

export { quietControl };
