import { defineEntity, p } from '@mikro-orm/core';

/** What a box office signs with that was not given keys of its own. */
export const SigningKeySchema = defineEntity({
  name: 'SigningKey',
  tableName: 'signing_keys',
  properties: {
    /** There is one for each, so that processes which start together agree on it. */
    purpose: p.string().length(32).primary(),
    kid: p.string().length(64),
    /** Private, as a JSON Web Key. */
    jwk: p.text(),
    createdAt: p.datetime(3),
  },
});
