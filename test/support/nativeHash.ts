import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Whether npm has installed a native hash for this platform: then the build must have placed it. */
export function isNativeInstalled(root: string): boolean {
  const scope = join(root, 'node_modules', '@napi-rs');
  const name = `blake-hash-${process.platform}-${process.arch}`;
  return existsSync(scope) && readdirSync(scope).some((one) => one.startsWith(name));
}
