import { Store, useStore } from '../data/store.ts';
import { useApp } from './app-context.ts';

/** What is said to those who hear the page: each change once, and not every tick of a number. */
export class Announcements {
  readonly last = new Store('');

  say(text: string): void {
    // The same text again is news only when it differs.
    this.last.set(this.last.get() === text ? `${text}\u00A0` : text);
  }
}

export function Announcer() {
  const text = useStore(useApp().announcements.last);
  return (
    <div class="only-heard" aria-live="polite">
      {text}
    </div>
  );
}
