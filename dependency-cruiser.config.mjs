/** The rooms of src/, each of which uses only those that come after it. */
const ROOMS = [
  ['main', '^src/(main|cli|node-version)\\.ts$'],
  ['commands', '^src/commands/'],
  ['client', '^src/client/'],
  ['api', '^src/api/'],
  ['container', '^src/(container|worker|telling)\\.ts$'],
  ['backup', '^src/backup/'],
  ['surroundings', '^src/(surroundings|watched-database)\\.ts$'],
  ['migrations', '^src/migrations/'],
  ['audit', '^src/audit/'],
  ['reports', '^src/reports/'],
  ['finalization', '^src/finalization/'],
  ['mail', '^src/mail/'],
  ['cancellation', '^src/cancellation/'],
  ['waiting-list', '^src/waiting-list/'],
  ['holds', '^src/holds/'],
  ['door', '^src/door/'],
  ['tickets', '^src/tickets/'],
  ['bookings', '^src/bookings/'],
  ['events', '^src/events/'],
  ['page', '^src/page/'],
  ['http', '^src/http/'],
  ['auth', '^src/auth/'],
  ['platform', '^src/platform/'],
  ['base', '^src/(errors|input-checks|pagination|version)\\.ts$'],
  ['config', '^src/(config\\.ts$|environment\\.ts$|configuration/)'],
];

const noWayUp = ROOMS.slice(1).map(([name, path], i) => ({
  name: `${name} uses nothing above it`,
  severity: 'error',
  from: { path },
  to: { path: above(i + 1) },
}));

function above(index) {
  return ROOMS.slice(0, index).map(([, path]) => path);
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...noWayUp,
    {
      name: 'every file has its room',
      severity: 'error',
      from: { path: '^src/', pathNot: ROOMS.map(([, path]) => path) },
      to: {},
    },
    { name: 'no circle', severity: 'error', from: {}, to: { circular: true } },
  ],
  // Without a parser that reads TypeScript no import is seen, and then this one is missing.
  required: [
    {
      name: 'imports are seen',
      severity: 'error',
      module: { path: '^src/main\\.ts$' },
      to: { path: '^src/cli\\.ts$' },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'node_modules|^src/web/' },
    enhancedResolveOptions: { extensions: ['.ts'] },
  },
};
