import { clearScreenDown, moveCursor } from 'node:readline';
import type { Dashboard, Numbers } from './dashboard.ts';
import type { Tally } from './tally.ts';

const BAR = 60;
const REDRAW_MS = 100;
const LINE_EVERY_MS = 2_000;

/** Shows a sale while it goes on: a picture that changes in a terminal, a line every two seconds elsewhere. */
export class Display {
  readonly #tally: Tally;
  readonly #dashboard: Pick<Dashboard, 'numbers'>;
  readonly #buyers: number;
  readonly #since = performance.now();
  readonly #timer: NodeJS.Timeout;
  #drawn = 0;

  constructor(tally: Tally, dashboard: Pick<Dashboard, 'numbers'>, buyers: number) {
    this.#tally = tally;
    this.#dashboard = dashboard;
    this.#buyers = buyers;
    this.#timer = setInterval(() => this.#show(), process.stdout.isTTY ? REDRAW_MS : LINE_EVERY_MS);
  }

  /** Shows the last state once more. */
  end(): void {
    clearInterval(this.#timer);
    this.#show();
  }

  #show(): void {
    const { numbers } = this.#dashboard;
    if (!numbers) return;
    const lines = process.stdout.isTTY ? this.#picture(numbers) : [this.#line(numbers)];
    if (process.stdout.isTTY && this.#drawn > 0) {
      moveCursor(process.stdout, 0, -this.#drawn);
      clearScreenDown(process.stdout);
    }
    process.stdout.write(`${lines.join('\n')}\n`);
    this.#drawn = lines.length;
  }

  #picture(numbers: Numbers): string[] {
    const { came, refused, told, watched, answers } = this.#tally;
    const { capacity, heldCount: held, pendingCount: pending, finalizedCount: final, waitingCount: waiting } = numbers;
    const left = capacity - held - pending - final;
    return [
      '',
      `  ${bar(capacity, { final, pending, held })}`,
      '',
      `  places    final ${pad(final)}   pending ${pad(pending)}   held ${pad(held)}   left ${pad(left)}`,
      `  buyers    came ${pad(came)} of ${this.#buyers}   refused ${pad(refused)}   waiting ${pad(waiting)}`,
      `  watchers  told ${pad(told)} of ${pad(watched)}`,
      `  answers   p50 ${answers.p50.toFixed(1)} ms   p99 ${answers.p99.toFixed(1)} ms   ${this.#clock}`,
      '',
    ];
  }

  #line(numbers: Numbers): string {
    const { came, refused, told, answers } = this.#tally;
    const { heldCount: held, pendingCount: pending, finalizedCount: final } = numbers;
    return (
      `${this.#clock}: ${came} came, ${final + pending} sold, ${held} held, ${refused} refused, ${final} final, ` +
      `${told} told, p50/p99 ${answers.p50.toFixed(0)}/${answers.p99.toFixed(0)} ms`
    );
  }

  get #clock(): string {
    return `${Math.round((performance.now() - this.#since) / 1_000)} s`;
  }
}

function bar(
  capacity: number,
  { final, pending, held }: Readonly<Record<'final' | 'pending' | 'held', number>>,
): string {
  const upTo = (places: number) => Math.round((places / capacity) * BAR);
  const [solid, medium, light] = [upTo(final), upTo(final + pending), upTo(final + pending + held)];
  return '█'.repeat(solid) + '▓'.repeat(medium - solid) + '▒'.repeat(light - medium) + '░'.repeat(BAR - light);
}

function pad(number: number): string {
  return String(number).padStart(4);
}
