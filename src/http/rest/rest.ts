import type { FastifyInstance } from 'fastify';
import type { Container } from '../../container.ts';
export async function registerRest(_a: FastifyInstance, _c: Container): Promise<void> {}
