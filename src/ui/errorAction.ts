/** What a person can do about an error, as a button. */
export type ErrorAction =
  | 'showLog'
  | 'verifyStore'
  | 'repair'
  | 'adopt'
  | 'refresh'
  | 'recover'
  | 'manageTrust'
  | 'settings'
  | 'collectGarbage';

/** An error in words for people. */
export interface ErrorWords {
  message: string;
  actions?: ErrorAction[];
}
