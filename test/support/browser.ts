import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { chromiumProgram } from './services/programs.ts';

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A phone, as most who look at the page hold one. */
const PHONE_OF_SOMEBODY = {
  viewport: { width: 390, height: 844 },
  locale: 'en-GB',
  // What is on its way from one colour to the other has neither's contrast.
  reducedMotion: 'reduce',
} satisfies BrowserContextOptions;
const actionTimeoutMs = 15_000;

/** Debian's Chromium. Whoever opens one closes it. */
export async function openBrowser(moreArgs: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: await chromiumProgram(), args: [...ARGS, ...moreArgs] });
}

export interface VisitOptions extends BrowserContextOptions {
  /** What its console may say of an outage that the test makes. */
  readonly mayReport?: RegExp;
}

/** Somebody with a browser of their own, who looks at one page. */
export class Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What no page of ours may do: report an error, ask another host, want what its policy forbids. */
  readonly faults: string[] = [];
  readonly #host: string;
  readonly #mayReport: RegExp | undefined;

  private constructor(page: Page, context: BrowserContext, host: string, mayReport: RegExp | undefined) {
    this.page = page;
    this.context = context;
    this.#host = host;
    this.#mayReport = mayReport;
    page.setDefaultTimeout(actionTimeoutMs);
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.#note(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.#note(`thrown: ${error}`));
    page.on('request', (request) => this.#lookAt(request.url()));
    page.on('websocket', (socket) => this.#lookAt(socket.url()));
  }

  /** @param url of the box office; `path` of its page is opened */
  static async comes(
    browser: Browser,
    url: string,
    path: string,
    { mayReport, ...options }: VisitOptions = {},
  ): Promise<Visitor> {
    const context = await browser.newContext({ ...PHONE_OF_SOMEBODY, baseURL: url, ...options });
    const page = await context.newPage();
    const visitor = new Visitor(page, context, new URL(url).host, mayReport);
    await page.goto(path);
    return visitor;
  }

  /** @throws when the page did what it may not */
  async leaves(): Promise<void> {
    await this.context.close();
    if (this.faults.length > 0) throw new Error(`The page did what it may not:\n${this.faults.join('\n')}`);
  }

  #note(fault: string): void {
    if (!this.#mayReport?.test(fault)) this.faults.push(fault);
  }

  #lookAt(url: string): void {
    const { host, protocol } = new URL(url);
    if (!['data:', 'blob:'].includes(protocol) && host !== this.#host) this.#note(`asked ${url}`);
  }
}
