import { type Command, InvalidArgumentError } from 'commander';
import type { ListedBookings } from '../client/bookings.ts';
import type { BoxOffice } from '../client/box-office.ts';
import type { Cancelling, Printing } from '../client/events.ts';
import type { Config } from '../config.ts';

/** What is done at a box office that runs, as its users do it. */
export function addClientCommands(program: Command, configure: () => Config): void {
  const at = async (): Promise<BoxOffice> => {
    const { BoxOffice } = await import('../client/box-office.ts');
    return new BoxOffice(configure().client);
  };
  addEventCommands(program.command('event').description('events of the box office at BOXOFFICE_URL'), at);
  program
    .command('bookings')
    .description('bookings of an event of the box office at BOXOFFICE_URL, newest first')
    .requiredOption('--event <id>', 'which event')
    .option('--status <status>', 'only those, such as FINALIZED')
    .option('--user <id>', 'only of this user')
    .option('--limit <number>', 'at most so many', readCount, 50)
    .option('--csv', 'all of them as CSV, oldest first')
    .option('--json', 'JSON instead of a table')
    .action(async (wanted: ListedBookings) => {
      const { listBookings } = await import('../client/bookings.ts');
      await listBookings(await at(), wanted);
    });
}

type At = () => Promise<BoxOffice>;

const events = () => import('../client/events.ts');

function addEventCommands(event: Command, at: At): void {
  addCreate(event.command('create').description('create an event'), at);
  event
    .command('list')
    .description('list events, newest first')
    .option('--limit <number>', 'at most so many, up to 100', readCount, 20)
    .option('--json', 'JSON instead of a table')
    .action(async ({ limit, ...printing }: Printing & { limit: number }) =>
      (await events()).listEvents(await at(), limit, printing),
    );
  printsEvent(event.command('show').description('show an event and its numbers').argument('<id>')).action(
    async (id: string, printing: Printing) => (await events()).showEvent(await at(), id, printing),
  );
  for (const { name, status, what } of SALE) {
    printsEvent(event.command(name).description(what).argument('<id>')).action(async (id: string, printing: Printing) =>
      (await events()).setSale(await at(), id, status, printing),
    );
  }
  printsEvent(event.command('cancel').description('cancel an event with all its bookings, for good').argument('<id>'))
    .requiredOption('--reason <text>', 'what its buyers are told')
    .option('--yes', 'do not ask')
    .action(async (id: string, cancelling: Cancelling) => (await events()).cancelEvent(await at(), id, cancelling));
}

const SALE = [
  { name: 'close', status: 'CLOSED', what: 'stop the sale of an event' },
  { name: 'open', status: 'ON_SALE', what: 'let its sale go on' },
] as const;

function addCreate(create: Command, at: At): void {
  printsEvent(create)
    .requiredOption('--title <title>', 'what it is called')
    .requiredOption('--capacity <places>', 'places in all', readCount)
    .option('--venue <venue>', 'where it takes place')
    .option('--description <text>', 'what there is to say of it')
    .option('--starts-at <time>', 'when it begins, such as 2030-06-01T20:00:00+02:00', readTime)
    .option('--ends-at <time>', 'when it ends', readTime)
    .option('--time-zone <name>', 'where its times are shown, such as Europe/Berlin')
    .option('--sales-open-at <time>', 'when the sale begins', readTime)
    .option('--sales-close-at <time>', 'when the sale ends', readTime)
    .option('--max-per-booking <places>', 'the largest booking', readCount)
    .option('--max-per-user <places>', 'what one user may hold', readCount)
    .option('--max-hold-seconds <seconds>', 'the longest hold; 0: none', readCount)
    .action(async ({ json, ...details }: Printing) => (await events()).createEvent(await at(), details, { json }));
}

function printsEvent(command: Command): Command {
  return command.option('--json', 'JSON instead of lines');
}

function readCount(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError('It is a whole number.');
  return Number(text);
}

/** @returns in UTC, as the API shows it */
function readTime(text: string): string {
  const at = new Date(text);
  const withOffset = /(Z|[+-]\d\d:\d\d)$/i.test(text);
  if (!withOffset || Number.isNaN(at.getTime())) {
    throw new InvalidArgumentError('It is a time with its offset, such as 2030-06-01T20:00:00+02:00.');
  }
  return at.toISOString();
}
