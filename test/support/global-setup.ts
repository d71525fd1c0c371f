import { printLine } from './services/print-line.ts';
import { startTestServices, type TestServices } from './services/test-services.ts';

declare global {
  /** Jest loads setup and teardown apart from each other; this is what it gives them to share. */
  var testServices: TestServices | undefined;
}

const choices = ['', 'binaries', 'none'];

export default async function globalSetup(): Promise<void> {
  const choice = process.env.TEST_SERVICES ?? '';
  if (!choices.includes(choice)) throw new Error(`TEST_SERVICES is "${choice}"; it can be "binaries" or "none"`);
  if (choice === 'none') return printLine('services: none (TEST_SERVICES=none); a test that needs one fails');
  globalThis.testServices = await startTestServices(process.env);
  Object.assign(process.env, globalThis.testServices.env);
}
