import { keptInBrowser } from '../../data/kept.ts';
import { randomId } from '../../data/random-id.ts';

const NAME = 'boxoffice.door.device';

/** What this scanner is called at the door, and in the record of who came in. */
export function deviceName(): string {
  const kept = keptInBrowser('localStorage');
  const known = kept.getItem(NAME);
  if (known) return known;
  const made = `phone-${randomId().slice(0, 4)}`;
  kept.setItem(NAME, made);
  return made;
}

export function nameDevice(name: string): void {
  keptInBrowser('localStorage').setItem(NAME, name);
}
