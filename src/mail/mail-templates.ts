import Handlebars from 'handlebars';
import type { MailFacts } from './mail-facts.ts';

type Template = (facts: MailFacts) => string;

const STRICT = { strict: true, knownHelpersOnly: true } as const;

/** What it is given is text, and stays it: no title can be an element. */
const html = (source: string): Template => Handlebars.compile<MailFacts>(source, STRICT);

const text = (source: string): Template => {
  const filled = Handlebars.compile<MailFacts>(source, { ...STRICT, noEscape: true });
  return (facts) =>
    `${filled(facts)
      .replaceAll(/\n{3,}/g, '\n\n')
      .trim()}\n`;
};

/** As on the page (`src/web/style/tokens.css`), in its light scheme: mail programs know no variables. */
const PAPER = '#f5f0e6';
const CARD = '#fffdf8';
const INK = '#1d1915';
const FADED = '#655c50';
const LINE = '#d9cfbe';
const ACCENT = '#bf3415';
const SERIF = 'ui-serif,Georgia,serif';

const HTML_EVENT = `
<h1 style="font:bold 24px/1.25 ${SERIF};margin:0 0 8px">{{title}}</h1>
{{#if when}}<p style="margin:0;color:${FADED}">{{when}}</p>{{/if}}
{{#if venue}}<p style="margin:0;color:${FADED}">{{venue}}</p>{{/if}}`;

/** Where a ticket's stub is torn off. */
const notch = (corners: string) =>
  `<td style="width:12px;height:24px;background:${PAPER};border-radius:${corners}"></td>`;
const HTML_PERFORATION = `
<table role="presentation" width="100%" cellspacing="0" cellpadding="0" style="border-collapse:collapse"><tr>
${notch('0 12px 12px 0')}<td><div style="margin:0 8px;border-top:3px dotted ${LINE}"></div></td>${notch('12px 0 0 12px')}
</tr></table>`;

const HTML_BOOKING = `
<p style="margin:16px 0 0;color:${FADED}">
  Booking <strong style="color:${INK};letter-spacing:1px">{{reference}}</strong> · {{places}}{{#if holderName}} · {{holderName}}{{/if}}
</p>`;

const htmlMail = (lead: string, more = '') =>
  html(`<!doctype html>
<html lang="en" dir="auto">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{subject}}</title></head>
<body style="margin:0;background:${PAPER}">
<div style="max-width:560px;margin:0 auto;padding:32px 16px;color:${INK};font:16px/1.5 system-ui,sans-serif">
<p style="margin:0 8px 24px">${lead}</p>
<div style="background:${CARD};border-radius:14px">
<div style="padding:24px 24px 12px">${HTML_EVENT}
</div>
${HTML_PERFORATION}
<div style="padding:8px 24px 24px">
${more}
${HTML_BOOKING}
</div>
</div>
</div>
</body>
</html>
`);

const textMail = (lead: string, more = '') =>
  text(`${lead}

{{title}}
{{#if when}}{{when}}
{{/if}}
{{#if venue}}{{venue}}
{{/if}}

${more}

Booking {{reference}} · {{places}}{{#if holderName}} · {{holderName}}{{/if}}
`);

const FINALIZED = 'Your tickets are here. Show the code of each at the door; whoever has a link has the ticket.';
const CANCELLED =
  'Your booking is cancelled, and its tickets let nobody in any more.{{#if eventCancelled}} The event is cancelled.{{/if}}';
const OFFERED =
  'You were on the waiting list, and there are places for you. They are held until {{until}}; confirm them before then, or they go to whoever is next.';
const CONFIRM = 'Confirm the booking where you joined the waiting list. Its reference is below.';
const FAILED = 'Your booking could not be completed. You have no places, and no tickets.';

export const TEMPLATES = {
  HELD: {
    subject: text('Places for you: {{title}}'),
    html: htmlMail(
      OFFERED,
      `{{#if bookingUrl}}<p style="margin:0"><a href="{{bookingUrl}}" style="color:${ACCENT}">Confirm the booking</a></p>
{{else}}<p style="margin:0">${CONFIRM}</p>{{/if}}`,
    ),
    text: textMail(OFFERED, `{{#if bookingUrl}}Confirm the booking: {{bookingUrl}}{{else}}${CONFIRM}{{/if}}`),
  },
  FINALIZED: {
    subject: text('Your tickets: {{title}}'),
    html: htmlMail(
      FINALIZED,
      `<ul style="margin:0;padding:0;list-style:none">
{{#each tickets}}<li style="margin:0 0 8px">{{label}}{{#if url}}: <a href="{{url}}" style="color:${ACCENT}">open the ticket</a>{{/if}}</li>
{{/each}}</ul>
{{#if attached}}<p style="margin:0">{{attached}}</p>{{/if}}`,
    ),
    text: textMail(
      FINALIZED,
      `{{#each tickets}}{{label}}{{#if url}}: {{url}}{{/if}}
{{/each}}
{{#if attached}}{{attached}}{{/if}}`,
    ),
  },
  CANCELLED: {
    subject: text('Cancelled: {{title}}'),
    html: htmlMail(CANCELLED, '{{#if reason}}<p style="margin:0">{{reason}}</p>{{/if}}'),
    text: textMail(
      CANCELLED,
      `{{#if reason}}{{reason}}
{{/if}}`,
    ),
  },
  FAILED: {
    subject: text('Your booking failed: {{title}}'),
    html: htmlMail(FAILED),
    text: textMail(FAILED),
  },
} as const;
