export { migrateDatabase as migrateTemplate } from '../../src/migrations/migrate.ts';
