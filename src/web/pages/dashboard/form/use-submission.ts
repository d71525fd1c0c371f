import { useState } from 'preact/hooks';
import { RequestFailed } from '../../../data/request-failed.ts';

/** A form that is sent once at a time. */
export function useSubmission(send: () => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<RequestFailed | null>(null);
  async function submit(): Promise<void> {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      await send();
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      setFailure(error);
    } finally {
      setBusy(false);
    }
  }
  return { submit, busy, failure };
}
