#!/usr/bin/env node
import { Command } from 'commander';
import { reconcile } from './commands/reconcile.ts';
import { type Role, type RunOptions, run } from './commands/run.ts';
import { InvalidConfiguration, loadEnvFile, readConfig } from './config.ts';
import { migrate } from './migrations/migrate.ts';
import { openDatabase } from './migrations/schema.ts';
import { type VerifyProgress, verify } from './reports/verify.ts';

const program = new Command('boxoffice')
  .description('A ticket-sale engine that never sells a place twice. Configured by the environment, see .env.example.')
  .showHelpAfterError();

const PROGRESS_AFTER_MS = 2_000;

const roles: Record<Role, string> = {
  serve: 'API and worker in one process; with no configuration it needs no service at all',
  api: 'GraphQL, REST and live updates; several may run side by side (needs REDIS_URL)',
  worker: 'finalizes bookings; several may run side by side (needs REDIS_URL)',
};

for (const [role, description] of Object.entries(roles)) {
  program
    .command(role)
    .description(description)
    .option('--migrate', 'apply pending migrations first (always done without REDIS_URL)', false)
    .action((options: RunOptions) => run(role as Role, readConfig(), options));
}

program
  .command('migrate')
  .description('apply pending migrations to the database')
  .action(() =>
    withDatabase(async (db) => {
      const applied = await migrate(db);
      console.log(applied.length > 0 ? `applied: ${applied.join(', ')}` : 'nothing to apply');
    }),
  );

program
  .command('verify')
  .description('check the promises over the whole database; exits 1 and names the rows when one is broken')
  .action(() =>
    withDatabase(async (db) => {
      const findings = await verify(db, progressAfter(PROGRESS_AFTER_MS));
      for (const { promise, rows } of findings) console.log(`BROKEN ${promise}: ${rows.join(', ')}`);
      if (findings.length > 0) process.exitCode = 1;
      else console.log('all promises hold');
    }),
  );

program
  .command('reconcile')
  .description('repair what can be repaired from the bookings: wrong counters, and jobs of PENDING bookings')
  .option('--dry-run', 'only show what would be done (the default)')
  .option('--apply', 'do it', false)
  .action(({ apply }: { apply: boolean }) => reconcile(readConfig(), apply));

/** Progress on standard error, once a second, of what takes longer than `ms`. */
function progressAfter(ms: number): (progress: VerifyProgress) => void {
  let next = performance.now() + ms;
  return ({ checked, total }) => {
    if (performance.now() < next) return;
    next = performance.now() + 1_000;
    console.error(`checked ${checked} of ${total} bookings`);
  };
}

async function withDatabase(work: (db: Awaited<ReturnType<typeof openDatabase>>) => Promise<void>): Promise<void> {
  const db = await openDatabase(readConfig().database, { patient: true });
  try {
    await work(db);
  } finally {
    await db.close();
  }
}

try {
  loadEnvFile();
  await program.parseAsync();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  console.error(error instanceof InvalidConfiguration ? message : `boxoffice: ${message.split('\n')[0]}`);
  process.exit(1);
}
