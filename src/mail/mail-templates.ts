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

const HTML_EVENT = `
<h1 style="font-size:22px;line-height:1.3;margin:0 0 8px">{{title}}</h1>
{{#if when}}<p style="margin:0">{{when}}</p>{{/if}}
{{#if venue}}<p style="margin:0">{{venue}}</p>{{/if}}`;

const HTML_BOOKING = `
<p style="margin:24px 0 0;color:#555">
  Booking <strong style="color:#111;letter-spacing:1px">{{reference}}</strong> · {{places}}{{#if holderName}} · {{holderName}}{{/if}}
</p>`;

const htmlMail = (lead: string, more = '') =>
  html(`<!doctype html>
<html lang="en" dir="auto">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{subject}}</title></head>
<body style="margin:0;background:#f4f4f5">
<div style="max-width:560px;margin:0 auto;padding:32px 24px;background:#fff;color:#111;font:16px/1.5 system-ui,sans-serif">
<p style="margin:0 0 24px">${lead}</p>
${HTML_EVENT}
${more}
${HTML_BOOKING}
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
      `{{#if bookingUrl}}<p style="margin:24px 0 0"><a href="{{bookingUrl}}" style="color:#1d4ed8">Confirm the booking</a></p>
{{else}}<p style="margin:24px 0 0">${CONFIRM}</p>{{/if}}`,
    ),
    text: textMail(OFFERED, `{{#if bookingUrl}}Confirm the booking: {{bookingUrl}}{{else}}${CONFIRM}{{/if}}`),
  },
  FINALIZED: {
    subject: text('Your tickets: {{title}}'),
    html: htmlMail(
      FINALIZED,
      `<ul style="margin:24px 0 0;padding:0;list-style:none">
{{#each tickets}}<li style="margin:0 0 8px">{{label}}{{#if url}}: <a href="{{url}}" style="color:#1d4ed8">open the ticket</a>{{/if}}</li>
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
    html: htmlMail(CANCELLED, '{{#if reason}}<p style="margin:24px 0 0">{{reason}}</p>{{/if}}'),
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
