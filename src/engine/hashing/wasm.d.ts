declare module 'blake3-wasm/dist/wasm/blake3.wasm' {
  /** esbuild's binary loader inlines the module's bytes. */
  const bytes: Uint8Array;
  export default bytes;
}
