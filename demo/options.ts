import { parseArgs } from 'node:util';

export type SetupName = 'embedded' | 'redis' | 'postgresql';

export interface DemoOptions {
  readonly setup: SetupName;
  readonly buyers: number;
  readonly places: number;
  /** The whole sale, until the last hold has ended. */
  readonly seconds: number;
  /** The box office goes on until somebody ends it. */
  readonly stay: boolean;
}

/** @throws Error naming what is wrong */
export function readOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      setup: { type: 'string', default: '' },
      buyers: { type: 'string', default: '2000' },
      places: { type: 'string', default: '500' },
      seconds: { type: 'string', default: '30' },
      stay: { type: 'boolean', default: false },
    },
  });
  const setup = values.setup || 'embedded';
  if (!isSetup(setup)) throw new Error('SETUP is redis or postgresql, or empty: embedded');
  return {
    setup,
    buyers: wholeNumber('buyers', values.buyers, 1, 20_000),
    places: wholeNumber('places', values.places, 1, 20_000),
    seconds: wholeNumber('seconds', values.seconds, 2, 600),
    stay: values.stay,
  };
}

function isSetup(name: string): name is SetupName {
  return ['embedded', 'redis', 'postgresql'].includes(name);
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const number = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new Error(`--${name} is a whole number from ${min} to ${max}`);
}
