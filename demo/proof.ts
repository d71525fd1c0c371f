import type { Sold } from './sell.ts';
import type { Stage } from './stage.ts';

/** What the box office says of itself after the sale, and the figures in one line. */
export async function proofOf(stage: Stage, { buyers, tally, numbers, seconds }: Sold) {
  const { code, stdout, stderr } = await stage.verify();
  const { capacity, finalizedCount: sold } = numbers;
  const { p50, p99 } = tally.answers;
  const allTold = tally.told === tally.watched;
  const figures = [
    `${sold} of ${capacity} places sold to ${tally.finals} of ${buyers} buyers`,
    `${tally.refused} refused`,
    `${tally.offered} offers to the waiting list`,
    `all final and told after ${seconds.toFixed(1)} s`,
    `answers p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
    `final ${tally.untilFinal.toFixed(0)} ms later`,
  ].join('; ');
  const missing = allTold ? [] : [`${tally.watched - tally.told} watchers were not told the end`];
  return {
    lines: [`boxoffice verify: ${`${stdout}${stderr}`.trim()}`, ...missing, figures],
    holds: code === 0 && allTold && sold <= capacity,
  };
}
