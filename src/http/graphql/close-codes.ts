import { CloseCode } from 'graphql-ws';
import { TokenExpired } from '../../auth/token-verifier.ts';
import { BoxOfficeError } from '../../errors.ts';

/** A code, and a reason of up to 123 bytes. */
export type Closing = readonly [code: number, reason: string];

/**
 * Clients come back after Forbidden, when they may bring a fresh token, and never after Unauthorized.
 * https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
 */
export const EXPIRED: Closing = [CloseCode.Forbidden, 'Forbidden: the token has expired'];
const BAD_TOKEN: Closing = [CloseCode.Unauthorized, 'Unauthorized'];
export const UNAVAILABLE: Closing = [1013, 'Service unavailable'];

export const UNKNOWN_SUBPROTOCOL: Closing = [CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable'];
export const NO_INIT: Closing = [CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout'];
export const SECOND_INIT: Closing = [CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests'];
export const NOT_ACKNOWLEDGED: Closing = [CloseCode.Unauthorized, 'Unauthorized'];
export const ID_IN_USE: Closing = [CloseCode.SubscriberAlreadyExists, 'Subscriber already exists'];
export const INVALID_MESSAGE: Closing = [CloseCode.BadRequest, 'Invalid message received'];
export const TOO_LARGE: Closing = [1009, 'connection_init is too large'];
export const TOO_MANY_SOCKETS: Closing = [1013, 'Too many connections, try again later'];
export const OUR_FAULT: Closing = [CloseCode.InternalServerError, 'Internal server error'];

/** What a socket is told whose credentials were not accepted. */
export function refusalOf(error: unknown): Closing {
  if (!(error instanceof BoxOfficeError)) return OUR_FAULT;
  if (error.code === 'SERVICE_UNAVAILABLE') return UNAVAILABLE;
  return error instanceof TokenExpired ? EXPIRED : BAD_TOKEN;
}
