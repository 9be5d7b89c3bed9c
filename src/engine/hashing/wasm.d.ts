declare module 'blake3-wasm/dist/wasm/blake3.wasm' {
  /** esbuild's binary loader inlines the module's bytes. */
  const bytes: Uint8Array;
  // eslint-disable-next-line no-restricted-syntax -- how esbuild's binary loader hands the bytes over
  export default bytes;
}
