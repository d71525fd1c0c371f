import { Command, InvalidArgumentError, Option } from 'commander';
import { TOKEN_ROLES } from './auth/viewer.ts';
import type { RaiseIdsOptions, RestoreCommandOptions } from './commands/backup.ts';
import { addClientCommands } from './commands/client-commands.ts';
import type { EraseOptions } from './commands/erase.ts';
import type { Role } from './commands/greeting.ts';
import type { RunOptions } from './commands/run.ts';
import type { TokenOptions } from './commands/token.ts';
import { variableBehind } from './commands/variable-behind.ts';
import { type Config, InvalidConfiguration, loadConfig } from './config.ts';
import { redact } from './platform/redact.ts';
import { versionOfPackage } from './version.ts';

const program = new Command('boxoffice')
  .description('A ticket-sale engine that never sells a place twice. Configured by the environment, see .env.example.')
  .version(versionOfPackage())
  .showHelpAfterError('See boxoffice --help.');

const roles: Record<Role, string> = {
  serve: 'API and worker in one process; with no configuration it needs no service at all',
  api: 'GraphQL, REST and live updates; several may run side by side (needs REDIS_URL)',
  worker: 'finalizes bookings; several may run side by side (needs REDIS_URL)',
};

let config: Config | null = null;
const configure = (): Config => {
  config = loadConfig();
  return config;
};
/** For a command that ends by itself; a process that runs on logs its warnings. */
const configureCommand = () => {
  const read = configure();
  for (const warning of read.warnings) console.error(`boxoffice: ${warning}`);
  return read;
};

// Each command loads its own code, so that a short one starts fast, and a configuration that is wrong is refused before that.
for (const [role, description] of Object.entries(roles)) {
  program
    .command(role)
    .description(description)
    .option('--migrate', 'apply pending migrations first (always done without REDIS_URL)', false)
    .action(async (options: RunOptions) => {
      const configured = configure();
      const { run } = await import('./commands/run.ts');
      await run(role as Role, configured, options);
    });
}

program
  .command('migrate')
  .description('apply pending migrations to the database')
  .action(async () => {
    const configured = configureCommand();
    const { runMigrate } = await import('./commands/migrate.ts');
    await runMigrate(configured);
  });

program
  .command('verify')
  .description('check the promises over the whole database; exits 1 and names the rows when one is broken')
  .action(async () => {
    const configured = configureCommand();
    const { runVerify } = await import('./commands/verify.ts');
    await runVerify(configured);
  });

program
  .command('backup')
  .description('copy the SQLite database to a new file, while others sell, and check the copy')
  .argument('<file>', 'the copy; what exists is never overwritten')
  .action(async (file: string) => {
    const configured = configure();
    const { runBackup } = await import('./commands/backup.ts');
    await runBackup(configured, file);
  });

program
  .command('restore')
  .description('put a backup in the place of the SQLite database, and raise its ids; the box office must be stopped')
  .argument('<file>', 'what "boxoffice backup" made')
  .option('--ids-above <id>', 'the highest id that was given out after the backup, when that is known', readId)
  .action(async (file: string, options: RestoreCommandOptions) => {
    const configured = configure();
    const { runRestore } = await import('./commands/backup.ts');
    await runRestore(configured, file, options);
  });

program
  .command('raise-ids')
  .description('after another kind of restore, such as pg_restore: give nobody an id that was given out before')
  .option('--above <id>', 'the highest id that was given out after the backup, when that is known', readId)
  .action(async (options: RaiseIdsOptions) => {
    const configured = configure();
    const { runRaiseIds } = await import('./commands/backup.ts');
    await runRaiseIds(configured, options);
  });

program
  .command('reconcile')
  .description(
    'repair what can be repaired from the bookings: wrong counters, and PENDING bookings that wait for their time',
  )
  .addOption(new Option('--dry-run', 'only show what would be done (the default)').conflicts('apply'))
  .option('--apply', 'do it', false)
  .action(async ({ apply }: { apply: boolean }) => {
    const configured = configureCommand();
    const { runReconcile } = await import('./commands/reconcile.ts');
    await runReconcile(configured, apply);
  });

program
  .command('erase')
  .description("take a user's id, name and address out of their bookings, which stay; may run beside the box office")
  .requiredOption('--user <id>', 'whose bookings')
  .action(async (options: EraseOptions) => {
    const configured = configureCommand();
    const { runErase } = await import('./commands/erase.ts');
    await runErase(configured, options);
  });

program
  .command('token')
  .description('sign a token for development; needs AUTH_MODE=jwt and AUTH_JWT_SECRET')
  .requiredOption('--sub <user>', 'whose token it is')
  .addOption(new Option('--role <role>', 'what its bearer is besides a buyer').choices(TOKEN_ROLES))
  .option('--ttl <time>', 'how long it is good, such as 45s, 30m, 1h or 7d', readDuration, 3_600)
  .action(async (options: TokenOptions) => {
    const configured = configureCommand();
    const { printToken } = await import('./commands/token.ts');
    await printToken(configured, options);
  });

addClientCommands(program, configureCommand);

try {
  await program.parseAsync();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const variable = config && variableBehind(error, config);
  const line = `boxoffice: ${variable ? `${variable}: ` : ''}${message.split('\n')[0]}`;
  console.error(redact(error instanceof InvalidConfiguration ? message : line));
  process.exit(1);
}

/** @returns seconds */
function readDuration(text: string): number {
  const [, amount, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
  if (!amount || !unit) throw new InvalidArgumentError('It is a number and s, m, h or d, such as 1h.');
  return Number(amount) * ({ s: 1, m: 60, h: 3_600, d: 86_400 }[unit] as number);
}

function readId(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError('It is a whole number.');
  return Number(text);
}
