import { useApp } from '../../app/app-context.ts';
import { useStore } from '../../data/store.ts';
import type { Door } from './door.ts';
import { useDoorWords } from './door-words.ts';
import type { Conflict, WaitingScan } from './scan-store.ts';

/** What was scanned without a network: how much of it waits, and where the box office knew better. */
export function OfflineScans({ door, timeZone }: { readonly door: Door; readonly timeZone: string }) {
  const { say, count } = useDoorWords();
  const answers = useStore(door.online);
  const connection = useStore(useApp().boxOffice.watching.connection);
  const online = answers && connection !== 'reconnecting';
  const scans = useStore(door.scans);
  const conflicts = scans.filter(({ conflict }) => conflict !== null);
  const waiting = scans.length - conflicts.length;
  return (
    <>
      <p class="door-offline" role="status">
        {!online && <span>{say.offline}</span>}
        {waiting > 0 && <span>{count(say.waiting, waiting)}</span>}
      </p>
      {conflicts.length > 0 && (
        <section class="door-conflicts" role="alert">
          <h2>{count(say.conflicts, conflicts.length)}</h2>
          <p>{say.conflictsText}</p>
          <ul>
            {conflicts.map((scan) => (
              <ConflictLine key={scan.nonce} scan={scan} timeZone={timeZone} onSettle={() => door.settle(scan.nonce)} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

interface ConflictLineProps {
  readonly scan: WaitingScan;
  readonly timeZone: string;
  readonly onSettle: () => void;
}

function ConflictLine({ scan, timeZone, onSettle }: ConflictLineProps) {
  const { say, fill, hour } = useDoorWords();
  const { code, redeemedAt, deviceId, reference } = scan.conflict as Conflict;
  const before = redeemedAt && fill(say.alreadyBy, { time: hour(redeemedAt, timeZone), device: deviceId ?? '' });
  return (
    <li>
      <p>
        <strong>{say.reason[code]}</strong> {before}
        <br />
        {fill(say.conflictOf, { reference: reference ?? '–', time: hour(scan.scannedAt, timeZone) })}
      </p>
      <button type="button" class="button" onClick={onSettle}>
        {say.settle}
      </button>
    </li>
  );
}
