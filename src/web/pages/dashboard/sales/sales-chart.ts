import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { ratesOf, type SalesMark } from './sales-data.ts';

const SALES_HEIGHT_PX = 280;
const RATE_HEIGHT_PX = 120;
const SECOND_MS = 1_000;
/** A sale that has just begun is not stretched over the whole width. */
const SHORTEST_S = 10;
const NAME = 'sales';

/** What the chart is told by its surroundings. */
interface SalesChartOptions {
  readonly timeZone: string;
  readonly number: (value: number) => string;
  readonly language: string;
  /** Milliseconds since 1970; null: all of it. */
  readonly onZoom: (range: Range | null) => void;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The curve of a sale and, below it, its speed, over the same time. Drawn in the colours of the page. */
export class SalesChart {
  readonly #host: HTMLElement;
  readonly #options: SalesChartOptions;
  readonly #ending = new AbortController();
  #marks: readonly SalesMark[] = [];
  #zoom: Range | null = null;
  #charts: readonly [sales: uPlot, rate: uPlot] | null = null;

  constructor(host: HTMLElement, options: SalesChartOptions) {
    this.#host = host;
    this.#options = options;
    const resized = new ResizeObserver(() => this.#resize());
    resized.observe(host);
    this.#ending.signal.addEventListener('abort', () => resized.disconnect());
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', () => this.#rebuild(), { signal: this.#ending.signal });
  }

  show(marks: readonly SalesMark[], zoom: Range | null): void {
    this.#marks = marks;
    this.#zoom = zoom;
    if (marks.length === 0) return;
    if (!this.#charts) this.#rebuild();
    else this.#draw();
  }

  end(): void {
    this.#ending.abort();
    for (const chart of this.#charts ?? []) chart.destroy();
  }

  #rebuild(): void {
    for (const chart of this.#charts ?? []) chart.destroy();
    if (this.#marks.length === 0) return;
    const colours = coloursOf(this.#host);
    const step = uPlot.paths.stepped?.({ align: 1 });
    const bars = uPlot.paths.bars?.({ size: [0.8, 48] });
    const sales = new uPlot(
      this.#commonOf(SALES_HEIGHT_PX, colours, [
        { stroke: colours.accent, width: 2, fill: colours.wash, ...(step && { paths: step }), points: { show: false } },
        { stroke: colours.ink, width: 1.5, dash: [4, 4], ...(step && { paths: step }), points: { show: false } },
      ]),
      [[], [], []],
      this.#host,
    );
    const rate = new uPlot(
      this.#commonOf(RATE_HEIGHT_PX, colours, [
        { fill: colours.accent, width: 0, ...(bars && { paths: bars }), points: { show: false } },
      ]),
      [[], []],
      this.#host,
    );
    this.#charts = [sales, rate];
    this.#draw();
  }

  #commonOf(height: number, { ink, line }: Colours, series: uPlot.Series[]): uPlot.Options {
    const { timeZone, number, onZoom } = this.#options;
    const axis = {
      stroke: ink,
      grid: { stroke: line, width: 1 },
      ticks: { stroke: line, width: 1 },
      font: '12px system-ui',
    };
    return {
      width: this.#host.clientWidth,
      height,
      legend: { show: false },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * SECOND_MS), timeZone),
      cursor: { sync: { key: NAME }, drag: { x: true, y: false, setScale: false } },
      scales: { x: { time: true }, y: { range: (_chart, _min, max) => [0, Math.max(1, max * 1.05)] } },
      axes: [
        { ...axis, values: (_chart, seconds, _axis, _space, incr) => seconds.map((at) => this.#time(at, incr)) },
        {
          ...axis,
          size: 60,
          values: (_chart, values) => values.map((value) => (Number.isInteger(value) ? number(value) : '')),
        },
      ],
      series: [{}, ...series],
      hooks: {
        setSelect: [
          (chart) => {
            const { left, width } = chart.select;
            if (width < 2) return;
            const at = (x: number) => chart.posToVal(x, 'x') * SECOND_MS;
            onZoom({ from: at(left), to: at(left + width) });
            chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
      },
    };
  }

  #time(seconds: number, step: number): string {
    const DAY_S = 86_400;
    const parts: Intl.DateTimeFormatOptions =
      step >= DAY_S
        ? { day: 'numeric', month: 'short' }
        : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(step < 60 && { second: '2-digit' }) };
    const { language, timeZone } = this.#options;
    return new Intl.DateTimeFormat(language, { ...parts, timeZone }).format(seconds * SECOND_MS);
  }

  #draw(): void {
    if (!this.#charts) return;
    const [sales, rate] = this.#charts;
    const { from, to } = this.#zoom ?? wholeOf(this.#marks);
    const bars = ratesOf(this.#marks, from, to);
    const marks = this.#marks;
    const data: [number[], number[], number[]] = [
      marks.map(({ at }) => at / SECOND_MS),
      marks.map(({ booked }) => booked),
      marks.map(({ final }) => final),
    ];
    const scale = { min: from / SECOND_MS, max: Math.max(to / SECOND_MS, from / SECOND_MS + SHORTEST_S) };
    sales.batch(() => {
      sales.setData(data, false);
      sales.setScale('x', scale);
    });
    rate.batch(() => {
      rate.setData([bars.map(({ at }) => at / SECOND_MS), bars.map(({ perSecond }) => Math.max(0, perSecond))], false);
      rate.setScale('x', scale);
    });
  }

  #resize(): void {
    const [sales, rate] = this.#charts ?? [];
    sales?.setSize({ width: this.#host.clientWidth, height: SALES_HEIGHT_PX });
    rate?.setSize({ width: this.#host.clientWidth, height: RATE_HEIGHT_PX });
  }
}

function wholeOf(marks: readonly SalesMark[]): Range {
  return { from: marks[0]?.at ?? 0, to: marks.at(-1)?.at ?? 0 };
}

interface Colours {
  readonly ink: string;
  readonly line: string;
  readonly accent: string;
  readonly wash: string;
}

/** A canvas knows no custom properties: they are read from elements that have them. */
function coloursOf(host: HTMLElement): Colours {
  const probe = host.ownerDocument.createElement('span');
  host.append(probe);
  const read = (name: string) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = { ink: read('--faded'), line: read('--line'), accent: read('--accent'), wash: read('--chart-wash') };
  probe.remove();
  return colours;
}
