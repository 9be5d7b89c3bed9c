import type * as sdk from './sdk';

/** The AWS SDK as `sdk.ts` shows it. */
export type S3Sdk = typeof sdk;

/** Loads the bundle; the composition root knows where it is. */
export type LoadS3Sdk = () => Promise<S3Sdk>;
