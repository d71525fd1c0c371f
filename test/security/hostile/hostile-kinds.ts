import { GRAPHQL_KINDS } from './hostile-graphql-kinds.ts';
import { HTTP_KINDS } from './hostile-http-kinds.ts';
import type { HostileKind } from './hostile-kind.ts';
import { SOCKET_KINDS } from './hostile-socket-kinds.ts';
import { TARGETED_KINDS } from './hostile-targeted-kinds.ts';

export const KINDS: readonly HostileKind[] = [...HTTP_KINDS, ...GRAPHQL_KINDS, ...TARGETED_KINDS, ...SOCKET_KINDS];
