import { mkdirSync, writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { buildGraphqlSchema } from '../api/graphql-schema.ts';
import { createServer } from '../api/server.ts';
import { readConfig } from '../config.ts';
import { createContainer } from '../container.ts';
import { openApiDocument } from '../http/rest/openapi.ts';
import { type OpenApiDocument, postmanCollection } from './postman-collection.ts';

// Prints schema/ from the code, for `make schema`.
const container = await createContainer(readConfig({ DATABASE_URL: 'sqlite::memory:', LOG_LEVEL: 'warn' }));
const server = await createServer(container);
const openApi = await openApiDocument(server);
await server.close();
await container.close();

mkdirSync('schema', { recursive: true });
writeFileSync('schema/schema.graphql', `${printSchema(lexicographicSortSchema(buildGraphqlSchema()))}\n`);
writeJson('openapi.json', openApi);
writeJson('postman-collection.json', postmanCollection(openApi as unknown as OpenApiDocument));

function writeJson(name: string, content: object): void {
  writeFileSync(`schema/${name}`, `${JSON.stringify(content, null, 2)}\n`);
}
