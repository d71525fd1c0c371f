import { DatabaseSync } from 'node:sqlite';

// Runs as a process of its own: takes the write lock of a database and keeps it until it is killed.

const database = new DatabaseSync(process.argv[2] as string, { timeout: 5_000 });
database.exec('begin immediate');
process.stdout.write('held\n');
setInterval(() => undefined, 60_000);
