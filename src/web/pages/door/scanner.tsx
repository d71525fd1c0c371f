import { useEffect } from 'preact/hooks';
import { CameraView } from './camera-view.tsx';
import type { Door } from './door.ts';
import { useDoorWords } from './door-words.ts';
import { hearHandScanner } from './hand-scanner.ts';
import { useVerdicts } from './use-verdicts.ts';
import { VerdictScreen } from './verdict-screen.tsx';

/** Of what a QR code says; a printed code is shorter. */
const MAX_LENGTH = 512;

/** Takes scans by camera, by hand scanner and by typing, and says to each what becomes of it. */
export function Scanner({ door, timeZone }: { readonly door: Door; readonly timeZone: string }) {
  const { say } = useDoorWords();
  const { verdict, checking, scan, next, arm, isFree } = useVerdicts(door);
  useEffect(() => hearHandScanner(scan), [scan]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a touch anywhere lets the page sound
    <div class="door-scanner" onPointerDown={arm} onKeyDown={arm}>
      <CameraView onSeen={scan} isWanted={isFree} />
      <TypingForm onTyped={scan} />
      <p class="door-checking" role="status">
        {checking ? say.checking : ''}
      </p>
      {verdict && <VerdictScreen verdict={verdict} timeZone={timeZone} onNext={next} />}
    </div>
  );
}

function TypingForm({ onTyped }: { readonly onTyped: (text: string) => void }) {
  const { say } = useDoorWords();
  return (
    <form
      class="door-typing"
      onSubmit={(submit) => {
        submit.preventDefault();
        const text = String(new FormData(submit.currentTarget).get('code')).trim();
        if (text !== '') onTyped(text);
        submit.currentTarget.reset();
      }}
    >
      <label class="field">
        {say.code}
        <input
          name="code"
          maxLength={MAX_LENGTH}
          autocapitalize="characters"
          autocomplete="off"
          spellcheck={false}
          enterkeyhint="go"
        />
      </label>
      <button type="submit" class="button">
        {say.check}
      </button>
    </form>
  );
}
