import { PDFiumLibrary } from '@hyzyla/pdfium';

/** The one page of a PDF, as a reader that is not ours shows it. */
export interface PdfPage {
  /** In points, rounded. */
  readonly width: number;
  readonly height: number;
  readonly text: string;
  readonly picture: Picture;
}

interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and alpha of each pixel, row by row. */
  readonly pixels: Uint8ClampedArray;
}

/** @param scale pixels of the picture to a point of the page */
export async function openPdf(bytes: Uint8Array, scale = 1.5): Promise<PdfPage> {
  const library = await PDFiumLibrary.init();
  const document = await library.loadDocument(bytes);
  try {
    const [page, ...others] = [...document.pages()];
    if (!page || others.length > 0) throw new Error(`${1 + others.length} pages instead of one`);
    const { originalWidth, originalHeight } = page.getOriginalSize();
    // After the picture it is not to be had any more.
    const text = page.getText();
    const { width, height, data } = await page.render({ scale, render: 'bitmap' });
    return {
      width: Math.round(originalWidth),
      height: Math.round(originalHeight),
      text,
      picture: { width, height, pixels: new Uint8ClampedArray(data) },
    };
  } finally {
    document.destroy();
    library.destroy();
  }
}
