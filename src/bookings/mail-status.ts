/** What became of the mail that says what became of a booking. */
export const MAIL_STATUSES = ['OWED', 'SENT', 'REFUSED', 'NOT_OWED'] as const;
export type MailStatus = (typeof MAIL_STATUSES)[number];
