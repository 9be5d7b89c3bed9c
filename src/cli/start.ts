#!/usr/bin/env node
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { version } from '../../package.json';
import { userHome } from '../engine/home/userHome';
import { keepCompiledCode } from './compiledCode';

const HOME = userHome(process.env, process.platform);
// Before the command is loaded: only what comes later is kept.
if (HOME !== undefined) {
  keepCompiledCode(HOME, version);
}
createRequire(__filename)(join(__dirname, 'command.cjs'));
