import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BoxOfficeProcess } from '../../test/support/boxoffice-process.ts';
import { openBrowser, Visitor } from '../../test/support/browser.ts';
import { aptInstall } from '../../test/support/services/programs.ts';
import { createShownEvents } from './shown-events.ts';
import { STATES } from './shown-states.ts';
import { STATES_AT_WORK } from './shown-work.ts';

/** Pictures of every page and state, on phone and desktop, light and dark, into docs/page/. Only those that are named, if any are. */
const FOLDER = fileURLToPath(new URL('../../docs/page/', import.meta.url));
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 860 } };
const SCHEMES = ['light', 'dark'] as const;
/** Long enough to see a booking that is PENDING. */
const ISSUANCE_DELAY_MS = '1500';

/** Those of Android, on Debian. */
const FONTS = {
  '/usr/share/fonts/truetype/roboto': 'fonts-roboto-unhinted',
  '/usr/share/fonts/truetype/noto': 'fonts-noto-core',
};

const wanted = process.argv.slice(2);
for (const [folder, fonts] of Object.entries(FONTS)) if (!existsSync(folder)) await aptInstall(fonts);
await mkdir(FOLDER, { recursive: true });
const data = await mkdtemp(join(tmpdir(), 'boxoffice-screenshots-'));
const office = await new BoxOfficeProcess(['serve'], {
  PORT: '0',
  DATABASE_URL: `sqlite:${join(data, 'office.db')}`,
  ISSUANCE_DELAY_MS,
}).ready();
const browser = await openBrowser();
try {
  const events = await createShownEvents(office.url);
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of SCHEMES) {
      const options = {
        viewport,
        colorScheme,
        deviceScaleFactor: 2,
        mayReport: /404|ERR_FAILED/,
        reducedMotion: 'reduce',
      } as const;
      const visitor = await Visitor.comes(browser, office.url, '/', options);
      for (const [name, show] of Object.entries({ ...STATES, ...STATES_AT_WORK })) {
        await show(visitor.page, events);
        if (wanted.length > 0 && !wanted.includes(name)) continue;
        await visitor.page.screenshot({ path: `${FOLDER}${name}-${size}-${colorScheme}.png` });
      }
      await visitor.leaves();
    }
  }
} finally {
  await browser.close();
  await office.stop();
  await rm(data, { recursive: true });
}
