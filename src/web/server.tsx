import { renderToString } from 'preact-render-to-string';
import { Announcements } from './app/announcer.tsx';
import { type FirstView, PageApp } from './app/app.tsx';
import { emptyHead, type Head } from './app/head.ts';
import { Navigation } from './app/navigation.ts';
import { findRoute } from './app/routes.ts';
import { Answers } from './data/answers.ts';
import { openBoxOffice, type Settings } from './data/box-office.ts';
import { keptInMemory } from './data/kept.ts';
import { preferredLanguage, wordsIn } from './messages/words.ts';

interface PageRequest {
  readonly path: string;
  readonly acceptLanguage: string;
  readonly nowMs: number;
  readonly settings: Settings;
  /** What our API answers to somebody who is not signed in. */
  readonly ask: (query: string, variables: object) => Promise<object | null>;
}

interface Assets {
  readonly script: string;
  readonly styles: readonly string[];
  readonly stylesWithoutScript: string;
}

interface RenderedPage {
  readonly status: number;
  readonly html: string;
}

/** The HTML of an address, with what can be read there before any script runs. */
export async function renderPage(request: PageRequest, assets: Assets): Promise<RenderedPage> {
  const language = preferredLanguage(request.acceptLanguage);
  const { status, answers } = await answersFor(request);
  const boxOffice = openBoxOffice(request.settings, { browser: keptInMemory(), tab: keptInMemory() });
  const head = emptyHead();
  const navigation = new Navigation(request.path);
  const announcements = new Announcements();
  const words = wordsIn(language);
  const body = renderToString(<PageApp app={{ boxOffice, answers, words, head, navigation, announcements }} />);
  const { settings, nowMs } = request;
  return { status, html: documentOf({ settings, language, nowMs, answers: answers.toJSON() }, head, body, assets) };
}

async function answersFor({ path, ask }: PageRequest): Promise<{ status: number; answers: Answers }> {
  const answers = new Answers();
  const found = findRoute(path);
  if (!found) return { status: 404, answers };
  for (const [operation, variables] of found.route.needs(found.id)) {
    const data = await ask(operation, variables);
    // The page asks for itself, and goes on asking.
    if (data === null) return { status: 503, answers };
    answers.keep(operation, variables, data);
    if (Object.values(data).includes(null)) return { status: 404, answers };
  }
  return { status: 200, answers };
}

function documentOf(view: FirstView, { title, description }: Head, body: string, assets: Assets): string {
  const { script, styles, stylesWithoutScript } = assets;
  return `<!doctype html>
<html lang="${view.language}">
<head>
<meta charset="utf-8">
<title>${escaped(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#fbf8f2" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#161310" media="(prefers-color-scheme: dark)">
${description && `<meta name="description" content="${escaped(description)}">\n`}${styles.map((path) => `<link rel="stylesheet" href="${path}">`).join('\n')}
<noscript><link rel="stylesheet" href="${stylesWithoutScript}"></noscript>
<link rel="icon" href="data:,">
<script type="module" src="${script}"></script>
</head>
<body>
<div id="page">${body}</div>
<script type="application/json" id="first-view">${JSON.stringify(view).replaceAll('<', '\\u003c')}</script>
</body>
</html>
`;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);
}
