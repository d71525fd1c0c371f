export const MAIL_ACCOUNTED_FOR =
  'a booking with an address has the mail about its status sent, owed, refused or not owed, and others have none';

/** Bookings in a window of ids whose columns about their mail no way through the code leaves like that. */
export const WRONG_MAIL = `select id from bookings where id > ? and id <= ? and not case
  when email is null or status in ('PENDING', 'EXPIRED') or status = 'HELD' and waiting_list_entry_id is null
    then mail_status is null and mail_due_at is null and mail_error is null and mail_attempts = 0
  when mail_status = 'OWED' then mail_due_at is not null and mail_attempts >= 0
  when mail_status = 'SENT' then mail_due_at is null and mail_error is null and mail_attempts >= 1
  when mail_status = 'REFUSED' then mail_due_at is null and mail_error is not null and mail_attempts >= 1
  when mail_status = 'NOT_OWED' then mail_due_at is null and mail_error is null and mail_attempts = 0
  else false end`;
