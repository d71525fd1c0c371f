/** What a picture of the camera says; null: nothing is seen. */
export type ReadPicture = (video: HTMLVideoElement) => Promise<string | null>;

interface Detector {
  detect(picture: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: readonly string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
}

/** Enough for a code that fills half of the picture, and few enough for an old phone. */
const READ_WIDTH_PX = 640;

/** By the browser where it can, which is fast; by a library otherwise. */
export async function openQrReader(): Promise<ReadPicture> {
  const { BarcodeDetector } = window as unknown as { BarcodeDetector?: DetectorClass };
  if (BarcodeDetector && (await BarcodeDetector.getSupportedFormats()).includes('qr_code')) {
    const detector = new BarcodeDetector({ formats: ['qr_code'] });
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? null;
  }
  const { default: jsQR } = await import('jsqr');
  const canvas = document.createElement('canvas');
  const paper = canvas.getContext('2d', { willReadFrequently: true });
  return async (video) => {
    if (!paper || video.videoWidth === 0) return null;
    const scale = Math.min(1, READ_WIDTH_PX / video.videoWidth);
    const [width, height] = [video.videoWidth, video.videoHeight].map((length) => Math.round(length * scale)) as [
      number,
      number,
    ];
    Object.assign(canvas, { width, height });
    paper.drawImage(video, 0, 0, width, height);
    const { data } = paper.getImageData(0, 0, width, height);
    return jsQR(data, width, height, { inversionAttempts: 'dontInvert' })?.data ?? null;
  };
}
