import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** In both colour schemes, of any severity. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // Not through a <script>, which the page's policy would refuse.
    if (!(await page.evaluate('window.axe !== undefined'))) await page.evaluate(axe.source);
    const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults;
    const found = violations.map(({ id, nodes }) => [
      id,
      ...nodes.map(({ html, failureSummary }) => [html, failureSummary]),
    ]);
    expect({ colorScheme, path: page.url(), found }).toEqual({ colorScheme, path: page.url(), found: [] });
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}
