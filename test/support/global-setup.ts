import { printLine } from './services/print-line.ts';
import { startTestServices } from './services/test-services.ts';

const choices = ['', 'binaries', 'none'];

/** @returns what ends the services after the last test */
export default async function globalSetup(): Promise<(() => Promise<void>) | undefined> {
  const choice = process.env.TEST_SERVICES ?? '';
  if (!choices.includes(choice)) throw new Error(`TEST_SERVICES is "${choice}"; it can be "binaries" or "none"`);
  if (choice === 'none') {
    printLine('services: none (TEST_SERVICES=none); a test that needs one fails');
    return;
  }
  const services = await startTestServices(process.env);
  Object.assign(process.env, services.env);
  return () => services.stop();
}
