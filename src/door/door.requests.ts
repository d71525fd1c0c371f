import { z } from 'zod';
import { dateTime } from '../http/rest/date-time.ts';
import { integer, MAX_INTEGER, ROW_ID } from '../input-checks.ts';
import { SCAN_RULES } from './check-in.ts';
import { MAX_SCANS } from './check-in-batch.ts';
import { code, eventId, ticketId } from './door.bodies.ts';
import { UNDO_RULES } from './undo-check-in.ts';

const event_id = integer(1, MAX_INTEGER).meta(eventId);
const qr_payload = z.string().meta({ description: 'What the QR code says.' });
const device_id = SCAN_RULES.shape.deviceId.meta({ description: 'The scanner.', examples: ['gate-3'] });
const nonce = SCAN_RULES.shape.nonce.meta({
  description: 'Another for each scan of the device, such as a UUID. A repeat is answered the same.',
});

const EITHER = 'give either a code or a QR payload';

export const CHECK_IN_REQUEST = z
  .object({ event_id, code: z.string().meta(code).optional(), qr_payload: qr_payload.optional(), device_id, nonce })
  .refine((scan) => scan.code !== undefined || scan.qr_payload !== undefined, { path: ['code'], message: EITHER })
  .refine((scan) => scan.code === undefined || scan.qr_payload === undefined, { path: ['qr_payload'], message: EITHER })
  .meta({
    title: 'CheckInRequest',
    examples: [
      { event_id: 1, code: code.examples[0], device_id: 'gate-3', nonce: '6f1d2c52-0b7e-4a53-9c1a-2f0d7b1f4e11' },
    ],
  });

const scanned_at = dateTime("When, by the scanner's clock. More than 5 minutes ahead of ours it counts as now.");

export const CHECK_IN_BATCH_REQUEST = z
  .object({
    event_id,
    scans: z
      .array(z.object({ qr_payload, device_id, nonce, scanned_at }))
      .max(MAX_SCANS)
      .meta({ description: 'In any order.' }),
  })
  .meta({ title: 'CheckInBatchRequest' });

export const UNDO_CHECK_IN_REQUEST = z
  .object({ ticket_id: ROW_ID.meta(ticketId), reason: UNDO_RULES.shape.reason.meta({ description: 'For people.' }) })
  .meta({ title: 'UndoCheckInRequest' });
