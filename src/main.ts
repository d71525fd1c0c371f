#!/usr/bin/env node
import { Command } from 'commander';
import { type Role, type RunOptions, run } from './commands.ts';
import { InvalidConfiguration, loadEnvFile, readConfig } from './config.ts';
import { migrate } from './migrations/migrate.ts';
import { openDatabase } from './migrations/schema.ts';
import { verify } from './reports/verify.ts';

const program = new Command('boxoffice')
  .description('A ticket-sale engine that never sells a place twice. Configured by the environment, see .env.example.')
  .showHelpAfterError();

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
      const findings = await verify(db);
      for (const { promise, rows } of findings) console.log(`BROKEN ${promise}: ${rows.join(', ')}`);
      if (findings.length > 0) process.exitCode = 1;
      else console.log('all promises hold');
    }),
  );

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
