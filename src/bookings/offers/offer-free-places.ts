import { sql } from 'kysely';
import { EventSchema } from '../../events/event.entity.ts';
import { isOnSale } from '../../events/on-sale.ts';
import { toEntities } from '../../platform/database.ts';
import { freePlacesArePromised } from './first-waiting.ts';
import { type Offers, type OffersFrom, offerPlaces } from './offer-places.ts';

export interface OfferParts extends OffersFrom {
  /** Called with what a commit has offered; must not throw. */
  readonly offered: (offers: Offers) => void;
}

/**
 * Offers places of an event that are free although somebody waits for them, in a transaction of its own: more were given back
 * than one transaction may offer, the sale has just begun, or somebody joined while they were given back.
 * @returns whether there is more to offer
 */
export async function offerFreePlaces(parts: OfferParts, eventId: number, at: Date): Promise<boolean> {
  const { db, offered } = parts;
  const offers = await db.transaction('offer', async (tx) => {
    const locked = await sql<object>`
      update events set offers_owed = offers_owed
      where id = ${eventId} and ${isOnSale(db, at)} and ${freePlacesArePromised(db, eventId)}
      returning *`.execute(tx.getKysely());
    const [event] = toEntities(tx, EventSchema, locked.rows);
    return event ? offerPlaces(parts, tx, event, at) : null;
  });
  if (offers) offered(offers);
  return offers?.event.offersOwed ?? false;
}
