import { expect, test } from 'vitest';
import type { BookingRow } from '../../src/web/generated/operations.ts';
import { BookingStream } from '../../src/web/pages/dashboard/bookings/booking-stream.ts';

const row = (id: number, version = 1, status: BookingRow['status'] = 'PENDING') =>
  ({ id: String(id), version, status }) as BookingRow;
const shown = (stream: BookingStream) => stream.view.get().rows.map(({ id, status }) => `${id} ${status}`);

test('bookings stand newest first, each as it is now, also when news overtake each other', () => {
  const stream = new BookingStream();
  stream.load([row(9), row(10)]);
  stream.add([row(11), row(9, 2, 'FINALIZED')]);
  stream.add([row(11, 3, 'CANCELLED'), row(11, 2, 'FINALIZED'), row(9, 1)]);
  expect(shown(stream)).toEqual(['10 PENDING', '9 PENDING']);
  stream.flush();
  expect(shown(stream)).toEqual(['11 CANCELLED', '10 PENDING', '9 FINALIZED']);
});

test('while it is paused nothing moves, what waits is counted, and older ones can be read', () => {
  const stream = new BookingStream();
  stream.load([row(10)]);
  stream.pause(true);
  stream.add([row(11), row(12)]);
  stream.add([row(12, 2)]);
  stream.flush();
  expect(stream.view.get()).toMatchObject({ paused: true, waiting: 2 });
  expect(shown(stream)).toEqual(['10 PENDING']);
  stream.load([row(8)]);
  expect(shown(stream)).toEqual(['10 PENDING', '8 PENDING']);
  stream.pause(false);
  expect(stream.view.get()).toMatchObject({ paused: false, waiting: 0 });
  expect(shown(stream)).toEqual(['12 PENDING', '11 PENDING', '10 PENDING', '8 PENDING']);
});
