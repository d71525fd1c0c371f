import { openQrReader } from './qr-reader.ts';

const LOOKS_EVERY_MS = 120;
/** The same code before the camera is the same scan, until it has been away for so long. */
const SAME_FOR_MS = 2_500;

/** Sees what is held before this device. */
export class Camera {
  readonly #video: HTMLVideoElement;
  readonly #stream: MediaStream;
  #stopped = false;

  private constructor(video: HTMLVideoElement, stream: MediaStream) {
    this.#video = video;
    this.#stream = stream;
  }

  /** Rejects when there is no camera, or nobody lets us look. */
  static async open(video: HTMLVideoElement): Promise<Camera> {
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: 'environment', width: { ideal: 1_280 }, height: { ideal: 720 } },
    });
    video.srcObject = stream;
    await video.play();
    return new Camera(video, stream);
  }

  /** @param isWanted whether somebody waits for a code; what is seen meanwhile is not told later */
  async watch(seen: (text: string) => void, isWanted: () => boolean): Promise<void> {
    const read = await openQrReader();
    let last = { text: '', at: Number.NEGATIVE_INFINITY };
    while (!this.#stopped) {
      const text = isWanted() ? await read(this.#video) : null;
      const now = performance.now();
      if (text) {
        const isSame = text === last.text && now - last.at < SAME_FOR_MS;
        last = { text, at: now };
        if (!isSame && !this.#stopped) seen(text);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOKS_EVERY_MS));
    }
  }

  get hasTorch(): boolean {
    return 'torch' in (this.#track?.getCapabilities?.() ?? {});
  }

  async light(on: boolean): Promise<void> {
    await this.#track?.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] });
  }

  stop(): void {
    this.#stopped = true;
    for (const track of this.#stream.getTracks()) track.stop();
    this.#video.srcObject = null;
  }

  get #track(): MediaStreamTrack | undefined {
    return this.#stream.getVideoTracks()[0];
  }
}
