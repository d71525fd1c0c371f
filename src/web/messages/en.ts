/** What the page says, in English. A function says something of a number or a name. */
export const en = {
  skipToContent: 'Skip to the content',
  navigation: 'Pages',
  events: 'Events',
  myTickets: 'My tickets',
  loading: 'One moment',
  reconnecting: 'Reconnecting. What you see may be a moment old.',
  notFoundTitle: 'There is no such page',
  notFoundText: 'The address leads nowhere. Perhaps a part of it is missing.',
  toEvents: 'To all events',
  needsScript: 'Buying needs JavaScript. What stands here is as it was when the page was loaded.',
};

export type Messages = typeof en;
