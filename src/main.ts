#!/usr/bin/env node
import { Command, InvalidArgumentError, Option } from 'commander';
import { TOKEN_ROLES } from './auth/viewer.ts';
import type { Role, RunOptions } from './commands/run.ts';
import type { TokenOptions } from './commands/token.ts';
import { InvalidConfiguration, loadEnvFile, readConfig } from './config.ts';
import { redact } from './platform/redact.ts';

const program = new Command('boxoffice')
  .description('A ticket-sale engine that never sells a place twice. Configured by the environment, see .env.example.')
  .showHelpAfterError('See boxoffice --help.');

const roles: Record<Role, string> = {
  serve: 'API and worker in one process; with no configuration it needs no service at all',
  api: 'GraphQL, REST and live updates; several may run side by side (needs REDIS_URL)',
  worker: 'finalizes bookings; several may run side by side (needs REDIS_URL)',
};

// Each command loads its own code, so that a short one starts fast.
for (const [role, description] of Object.entries(roles)) {
  program
    .command(role)
    .description(description)
    .option('--migrate', 'apply pending migrations first (always done without REDIS_URL)', false)
    .action(async (options: RunOptions) => {
      const { run } = await import('./commands/run.ts');
      await run(role as Role, readConfig(), options);
    });
}

program
  .command('migrate')
  .description('apply pending migrations to the database')
  .action(async () => {
    const { runMigrate } = await import('./commands/migrate.ts');
    await runMigrate(readConfig());
  });

program
  .command('verify')
  .description('check the promises over the whole database; exits 1 and names the rows when one is broken')
  .action(async () => {
    const { runVerify } = await import('./commands/verify.ts');
    await runVerify(readConfig());
  });

program
  .command('reconcile')
  .description('repair what can be repaired from the bookings: wrong counters, and jobs of PENDING bookings')
  .option('--dry-run', 'only show what would be done (the default)')
  .option('--apply', 'do it', false)
  .action(async ({ apply }: { apply: boolean }) => {
    const { runReconcile } = await import('./commands/reconcile.ts');
    await runReconcile(readConfig(), apply);
  });

program
  .command('token')
  .description('sign a token for development; needs AUTH_MODE=jwt and AUTH_JWT_SECRET')
  .requiredOption('--sub <user>', 'whose token it is')
  .addOption(new Option('--role <role>', 'what its bearer is besides a buyer').choices(TOKEN_ROLES))
  .option('--ttl <time>', 'how long it is good, such as 45s, 30m, 1h or 7d', readDuration, 3_600)
  .action(async (options: TokenOptions) => {
    const { printToken } = await import('./commands/token.ts');
    await printToken(readConfig(), options);
  });

try {
  loadEnvFile();
  await program.parseAsync();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  console.error(redact(error instanceof InvalidConfiguration ? message : `boxoffice: ${message.split('\n')[0]}`));
  process.exit(1);
}

/** @returns seconds */
function readDuration(text: string): number {
  const [, amount, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
  if (!amount || !unit) throw new InvalidArgumentError('It is a number and s, m, h or d, such as 1h.');
  return Number(amount) * ({ s: 1, m: 60, h: 3_600, d: 86_400 }[unit] as number);
}
