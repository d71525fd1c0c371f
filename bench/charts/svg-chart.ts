import { type EChartsOption, init } from 'echarts';

const WIDTH = 860;
const HEIGHT = 420;
// No name that needs quotes: they would end the attribute that they are written into.
const FONT = 'system-ui, Helvetica, Arial, sans-serif';
/** Apart from each other also for people who do not see all colours. https://doi.org/10.1038/nmeth.1618 */
const COLORS = ['#999999', '#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9'];

/** An SVG text on white, so that it can be read on a dark page as well. */
export function svgChart(title: string, subtitle: string, option: EChartsOption): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#ffffff',
      color: COLORS,
      textStyle: { fontFamily: FONT, color: '#222222' },
      title: {
        text: title,
        subtext: subtitle,
        left: 'center',
        textStyle: { fontSize: 17, fontWeight: 600, color: '#222222' },
        subtextStyle: { fontSize: 12, color: '#555555' },
      },
      legend: { bottom: 6, itemGap: 32, textStyle: { fontSize: 13 } },
      grid: { left: 74, right: 24, top: 74, bottom: 84 },
      ...option,
    });
    const svg = chart.renderToSVGString();
    return `${svg.replace(/^<svg [^>]*>/, `$&\n<title>${title}</title>`)}\n`;
  } finally {
    // Without it, its clock keeps the process alive.
    chart.dispose();
  }
}

/** The name of an axis in its middle. */
export function axisName(name: string, gap: number) {
  return {
    name,
    nameLocation: 'middle' as const,
    nameGap: gap,
    nameTextStyle: { fontSize: 13 },
    axisLabel: { fontSize: 12 },
  };
}
