import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { readBuiltFiles, sendBuiltFile } from '../built-files.ts';
import { graphiqlHeaders } from '../security-headers.ts';

/** What `npm run build` takes out of GraphiQL's package. */
const BUILT = new URL('../../../dist/graphiql/', import.meta.url);
const AN_HOUR = 'public, max-age=3600';

const page = (styleNonce: string) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Box Office: GraphiQL</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/graphiql/graphiql.css">
    <link rel="stylesheet" href="/graphiql/start.css">
    <script defer src="/graphiql/react.js"></script>
    <script defer src="/graphiql/react-dom.js"></script>
    <script defer src="/graphiql/graphiql.js"></script>
    <script defer src="/graphiql/start.js"></script>
  </head>
  <body>
    <noscript>GraphiQL needs JavaScript.</noscript>
    <div id="graphiql" data-style-nonce="${styleNonce}"></div>
  </body>
</html>
`;

/** GraphiQL at `/graphiql`, with subscriptions; all of it comes from here. Nothing where it was not built. */
export async function serveGraphiql(app: FastifyInstance): Promise<void> {
  if (!existsSync(BUILT)) return;
  const files = await readBuiltFiles(BUILT);
  app.get('/graphiql', async (_request, reply) => {
    const styleNonce = randomBytes(16).toString('base64');
    return reply
      .headers({ ...graphiqlHeaders(styleNonce), 'Cache-Control': 'no-store' })
      .type('text/html; charset=utf-8')
      .send(page(styleNonce));
  });
  app.get<{ Params: { name: string } }>('/graphiql/:name', (request, reply) =>
    sendBuiltFile(files, request, reply, AN_HOUR),
  );
}
