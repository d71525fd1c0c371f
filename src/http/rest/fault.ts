import { BoxOfficeError } from '../../errors.ts';

/** Where in a request the fault is: the first entry of `loc`. */
export type RequestPart = 'path' | 'query' | 'header' | 'body';

/** One entry of a 422 answer, as FastAPI and pydantic v2 send it. */
export interface Fault {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: unknown;
  readonly ctx?: Readonly<Record<string, unknown>>;
}

/** Thrown when a request is not what its route's schema asks for; answered with 422 and every fault. */
export class InvalidRequest extends BoxOfficeError {
  constructor(readonly faults: readonly Fault[]) {
    super('BAD_USER_INPUT', faults.map((fault) => `${fault.loc.join('.')}: ${fault.msg}`).join('; '));
    this.name = 'InvalidRequest';
  }
}
