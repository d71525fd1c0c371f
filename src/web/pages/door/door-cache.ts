/** What the door's page is made of, by the name that page and worker know it by. */
export const DOOR_CACHE = 'boxoffice-door';
