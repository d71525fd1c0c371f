import type { paths } from '../generated/openapi';

// Compiled, never run: what a shop writes against the types that openapi-typescript makes of schema/openapi.json.
type BookRequest = paths['/book']['post']['requestBody']['content']['application/json'];
type Booking = paths['/book']['post']['responses'][200]['content']['application/json'];
type NewEvent = paths['/event']['post']['requestBody']['content']['application/json'];
type EventList = paths['/event']['get'];

export const onePlace: BookRequest = { user_id: 42, event_id: 1 };
export const threePlaces: BookRequest = { ...onePlace, quantity: 3 };
export const concert: NewEvent = { title: 'Concert', capacity: 2 };
export const firstPage: EventList['parameters'] = {};
export const secondPage: EventList['parameters'] = { query: { after: 'YWZ0ZXI6MQ' } };
export const placesOf = (booking: Booking): number => booking.quantity;

// @ts-expect-error -- a booking is of an event
export const nowhere: BookRequest = { user_id: 42 };
// @ts-expect-error -- a quantity is a number
export const some: BookRequest = { ...onePlace, quantity: 'some' };
