import { createRequire } from 'node:module';

interface Chart {
  setOption(option: object): void;
  renderToSVGString(): string;
  dispose(): void;
}

interface Echarts {
  init(element: null, theme: null, options: object): Chart;
}

/** `make bench` installs it. Loaded before anything is measured, because without it the charts could not be drawn in the end. */
const { init } = createRequire(new URL('../../tools/charts/', import.meta.url))('echarts') as Echarts;

/** @param width, height in pixels */
export function openChart(width: number, height: number): Chart {
  return init(null, null, { renderer: 'svg', ssr: true, width, height });
}
