import { type FastifyRequest, LogController } from 'fastify';
import type { RequestFailures } from './request-failures.ts';

/** Of a client that went away before the end, which is nobody's fault. */
const CLIENT_LEFT = 'ERR_STREAM_PREMATURE_CLOSE';

/** Answers that end in their middle are told of as other requests that fail, in few lines however many they are. */
export class BrokenTransfers extends LogController {
  readonly #failures: RequestFailures;

  constructor(options: ConstructorParameters<typeof LogController>[0], failures: RequestFailures) {
    super(options);
    this.#failures = failures;
  }

  override streamError(error: Error & { readonly code?: string }, request: FastifyRequest): void {
    if (error.code === CLIENT_LEFT) request.log.debug('a client left before the end of its answer');
    else this.#failures.of(request)(error);
  }
}
