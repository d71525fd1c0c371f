const READYZ_TIMEOUT_MS = 5_000;

export interface Readyz {
  readonly status: 'ok' | 'unavailable' | 'stopping';
  readonly checks: { readonly database?: string; readonly redis?: string };
}

/** What a process says of itself, with the status of the answer. */
export async function readyz(url: string): Promise<Readyz & { readonly httpStatus: number }> {
  const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(READYZ_TIMEOUT_MS) });
  return { httpStatus: response.status, ...((await response.json()) as Readyz) };
}

/** Whether it is ready, and everything it depends on answers. */
export async function allWell(url: string): Promise<boolean> {
  const { httpStatus, checks } = await readyz(url);
  return httpStatus === 200 && Object.values(checks).every((check) => check === 'ok');
}
