import { bundledProgram } from './bundled-program.ts';
import { createSqliteTemplate } from './databases.ts';
import { printLine } from './services/programs.ts';
import { startTestServices } from './services/test-services.ts';

/** @returns what ends the services after the last test */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const { TEST_SERVICES = '' } = process.env;
  if (!['', 'binaries', 'none'].includes(TEST_SERVICES)) {
    throw new Error(`TEST_SERVICES is "${TEST_SERVICES}"; it can be "binaries" or "none"`);
  }
  const sqlite = await createSqliteTemplate();
  process.env['TEST_SQLITE_TEMPLATE'] = sqlite.file;
  if (TEST_SERVICES === 'none') {
    printLine('services: none (TEST_SERVICES=none); a test that needs one fails');
    return sqlite.remove;
  }
  const [services, program] = await Promise.all([startTestServices(process.env), bundledProgram()]);
  Object.assign(process.env, services.env, program && { TEST_PROGRAM: program });
  return async () => {
    await services.stop();
    await sqlite.remove();
  };
}
