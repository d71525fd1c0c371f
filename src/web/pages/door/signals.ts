import type { Verdict } from './verdict.ts';

type Kind = Verdict['kind'];

/** Hertz, one after the other. Told apart by ear: up, twice the same, down. */
const TONES: Readonly<Record<Kind, readonly number[]>> = {
  welcome: [660, 990],
  already: [520, 520],
  refused: [240, 160],
};
const TONE_S = 0.14;
/** Milliseconds on, off, on. */
const VIBRATIONS: Readonly<Record<Kind, readonly number[]>> = {
  welcome: [80],
  already: [120, 80, 120],
  refused: [500],
};

/** Says it to who does not look: with a tone, and in the hand. */
export class Signals {
  #audio: AudioContext | undefined;

  /** Browsers let a page sound once somebody has touched it. */
  arm(): void {
    this.#audio ??= new AudioContext();
    void this.#audio.resume();
  }

  give(kind: Kind): void {
    navigator.vibrate?.([...VIBRATIONS[kind]]);
    const audio = this.#audio;
    if (audio?.state !== 'running') return;
    TONES[kind].forEach((frequency, i) => {
      const from = audio.currentTime + i * TONE_S * 1.1;
      const volume = new GainNode(audio, { gain: 0.4 });
      volume.gain.setTargetAtTime(0, from + TONE_S * 0.7, TONE_S / 10);
      const tone = new OscillatorNode(audio, { type: kind === 'refused' ? 'square' : 'sine', frequency });
      tone.connect(volume).connect(audio.destination);
      tone.start(from);
      tone.stop(from + TONE_S);
    });
  }
}
