// A thread that compiles one bundle and ends. It runs the bundle, too: what is compiled only then is part of what V8
// remembers, and need not be compiled on the editor's thread.
import { readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import type { BundleFunction, CompiledBundle } from './loadBundle';

const path = workerData as string;
const text = readFileSync(path, 'utf8');
const source = `(function (exports, require, module, __filename, __dirname) {${text}\n})`;
const script = new Script(source, { filename: path });
const module = { exports: {} };
const run = script.runInThisContext() as BundleFunction;
const load = createRequire(path);
const needs = new Set<string>();
const noting = ((name: string): unknown => {
  needs.add(name);
  return load(name);
}) as NodeJS.Require;
run(module.exports, Object.assign(noting, load), module, path, dirname(path));
const cache = new Uint8Array(script.createCachedData());
const compiled: CompiledBundle = { source, cache, needs: [...needs].filter(isBuiltin) };
parentPort?.postMessage(compiled);
