import type { Messages } from './en.ts';

/** What the page says, in German. */
export const de: Messages = {
  skipToContent: 'Zum Inhalt',
  navigation: 'Seiten',
  events: 'Veranstaltungen',
  myTickets: 'Meine Tickets',
  loading: 'Einen Moment',
  reconnecting: 'Die Verbindung wird wiederhergestellt. Was Sie sehen, kann einen Moment alt sein.',
  notFoundTitle: 'Diese Seite gibt es nicht',
  notFoundText: 'Die Adresse führt nirgendwohin. Vielleicht fehlt ein Teil von ihr.',
  toEvents: 'Zu allen Veranstaltungen',
  needsScript:
    'Zum Kaufen wird JavaScript gebraucht. Was hier steht, gilt für den Moment, in dem die Seite geladen wurde.',
};
