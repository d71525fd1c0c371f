import './style/style.css';
import { hydrate } from 'preact';
import { Announcements } from './app/announcer.tsx';
import { type FirstView, PageApp } from './app/app.tsx';
import { emptyHead } from './app/head.ts';
import { Navigation } from './app/navigation.ts';
import { Answers } from './data/answers.ts';
import { openBoxOffice } from './data/box-office.ts';
import { keptInBrowser } from './data/kept.ts';
import { wordsIn } from './messages/words.ts';

const { settings, language, nowMs, answers } = JSON.parse(
  document.getElementById('first-view')?.textContent ?? '',
) as FirstView;
const boxOffice = openBoxOffice(settings, {
  browser: keptInBrowser('localStorage'),
  tab: keptInBrowser('sessionStorage'),
});
boxOffice.session.follow();
boxOffice.watching.follow();
const sent = sentJustNow();
if (sent) boxOffice.clock.observe({ serverMs: nowMs, precisionMs: 1, ...sent });
const navigation = new Navigation(location.pathname);
navigation.follow();
const app = {
  boxOffice,
  answers: new Answers(answers, sent !== null),
  words: wordsIn(language),
  head: emptyHead(),
  navigation,
  announcements: new Announcements(),
};
hydrate(<PageApp app={app} />, document.getElementById('page') as HTMLElement);

/** When the HTML was asked for and came; null: it was kept from an earlier visit, or by the door's service worker. */
function sentJustNow(): { askedAtMs: number; answeredAtMs: number } | null {
  const [navigated] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  if (!navigated || navigated.transferSize === 0 || navigated.workerStart > 0) return null;
  const { requestStart, responseStart } = navigated;
  // As Date.now() would have said then: it may have been set since.
  const originMs = Date.now() - performance.now();
  return { askedAtMs: originMs + requestStart, answeredAtMs: originMs + responseStart };
}
