import { useEffect, useState } from 'preact/hooks';
import { useWords } from '../app/app-context.ts';

interface Props {
  readonly code: string;
  readonly serial: number;
}

const AGAIN_AFTER_MS = 1_500;

/** What the holder of a ticket shows. In a rush pictures come after bookings, so one that did not come is asked for again. */
export function QrCode({ code, serial }: Props) {
  const { say, fill } = useWords();
  const [tries, tryAgain] = useState(0);
  const [failed, fail] = useState(0);
  useEffect(() => {
    if (failed === 0) return;
    const timer = setTimeout(tryAgain, AGAIN_AFTER_MS, failed);
    return () => clearTimeout(timer);
  }, [failed]);
  return (
    <img
      class="qr"
      src={`/tickets/${code}.svg${tries > 0 ? `?again=${tries}` : ''}`}
      alt={fill(say.ticket.qr, { n: serial })}
      width={232}
      height={232}
      onError={() => fail(tries + 1)}
    />
  );
}
