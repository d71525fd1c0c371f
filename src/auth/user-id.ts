import { text } from '../input-checks.ts';

/** Text, so that any identity provider fits. */
export const USER_ID = text(1, 255);
