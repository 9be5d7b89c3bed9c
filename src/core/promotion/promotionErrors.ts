import type { Cause, GitCauses } from '../causes';
import type { GitProblem } from '../reasons';

/** Why a file looks like it holds a secret. */
export type SecretKind =
  | 'env-file'
  | 'private-key-file'
  | 'key-store'
  | 'credentials-file'
  | 'secret-copy'
  | 'private-key'
  | 'docker-login'
  | 'kubernetes-login'
  | 'aws-key'
  | 'github-token'
  | 'gitlab-token'
  | 'slack-token'
  | 'google-key'
  | 'stripe-key'
  | 'service-token'
  | 'azure-key'
  | 'npm-token'
  | 'json-web-token'
  | 'password-in-url'
  | 'assigned-secret';

/** One promotion, as an error tells of it. */
export interface PromotionSummary {
  snapshot: string;
  /** Milliseconds since 1970. */
  at: number;
  by: string;
  message: string;
}

/**
 * Why it cannot be told what a name stands for: a newer version wrote it, the keys do not allow to read it (as what another
 * account wrote), it is in an archive class, or it is no promotion.
 */
export const UNREADABLE = ['newer', 'denied', 'archived', 'damaged'] as const;
export type Unreadable = (typeof UNREADABLE)[number];

/** Failures of promoting and fetching. */
export interface PromotionErrorData {
  /**
   * The name stands for something else there than was seen last. `kept`: the own promotion is in the journal of
   * the name all the same, beside the other one; else nothing was changed.
   */
  PROMOTION_CONFLICT: {
    store: string;
    name: string;
    mine: PromotionSummary;
    theirs: PromotionSummary;
    kept: boolean;
  };
  /** The store knows no promoted snapshot of that name; `known`: at most 20 that it knows. */
  PROMOTION_NOT_FOUND: { store: string; name: string; known: string[] };
  /** What the name stands for there cannot be read. `reading`: that is all that was to be done. */
  PROMOTION_UNREADABLE: { store: string; name: string; why: Unreadable; reading?: true };
  /** What would be sent looks like it holds secrets. At most 500 of `count`, never their values. */
  SECRETS_FOUND: { store: string; count: number; found: { path: string; kind: SecretKind }[] };
  /** No store is called that. */
  STORE_NAME_UNKNOWN: { name: string; known: string[] };
  /** The folder is in no Git repository, or there is no `git` to ask. */
  GIT_UNAVAILABLE: { path: string; reason: Cause<GitCauses>; why?: GitProblem };
  /** `git` refused. */
  GIT_FAILED: { operation: string; reason: Cause<GitCauses> };
}

export type PromotionErrorCode = keyof PromotionErrorData;
