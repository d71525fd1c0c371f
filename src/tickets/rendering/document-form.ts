export type DocumentFormat = 'svg' | 'png';

export interface RenderRequest {
  readonly format: DocumentFormat;
  readonly qrPayload: string;
}
