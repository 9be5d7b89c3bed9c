import type { Manifest } from '../../core/tree';
import type { Look } from '../hashing/look';

/** What was made of a look, as long as nothing of the look changes: views ask for it again and again. */
export const remembered = {
  manifests: new WeakMap<Look, Manifest>(),
  texts: new WeakMap<Look, Uint8Array>(),
};

/** A look's rows change in place, whoever reads them: what was made of them before says nothing now. */
export function forgetRemembered(look: Look): void {
  remembered.manifests.delete(look);
  remembered.texts.delete(look);
}
