/** A scanner types fast, and ends with Enter; what was typed before such a pause was something else. */
const LONGEST_PAUSE_MS = 2_000;
const SHORTEST = 8;

/** Hears what a hand scanner types while no field has the focus. @returns what ends it */
export function hearHandScanner(scanned: (text: string) => void): () => void {
  let typed = '';
  let lastAt = 0;
  const hear = (press: KeyboardEvent) => {
    if (press.target instanceof HTMLInputElement || press.ctrlKey || press.metaKey || press.altKey) return;
    const now = performance.now();
    if (now - lastAt > LONGEST_PAUSE_MS) typed = '';
    lastAt = now;
    if (press.key.length === 1) typed += press.key;
    if (press.key !== 'Enter' || typed.length < SHORTEST) return;
    // It is no press of the button that has the focus.
    press.preventDefault();
    scanned(typed);
    typed = '';
  };
  document.addEventListener('keydown', hear, { capture: true });
  return () => document.removeEventListener('keydown', hear, { capture: true });
}
