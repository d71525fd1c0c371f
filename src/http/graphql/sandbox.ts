import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';

/** As Apollo's page says it when its script does not come. */
const FALLBACK = 'Apollo Sandbox cannot be loaded; it appears that you might be offline.';
const LEADS_ON = 'Apollo Sandbox cannot be loaded: <a href="/graphiql">GraphiQL</a> is here without the internet.';
/** Else the place that was kept for Apollo Sandbox would lie over the link. */
const LET_CLICKS_THROUGH = '#embeddableSandbox:empty { pointer-events: none; }';

/** Apollo Sandbox for browsers at `/graphql`. Its scripts come from Apollo's site; without them its page leads to GraphiQL. */
export function apolloSandbox(): ApolloServerPlugin {
  const apollos = ApolloServerPluginLandingPageLocalDefault({ footer: false });
  return {
    async serverWillStart(service) {
      const listener = await apollos.serverWillStart?.(service);
      const page = await listener?.renderLandingPage?.();
      if (!page) throw new Error('Apollo Server has no landing page');
      const html = async () => leadOn(typeof page.html === 'string' ? page.html : await page.html());
      return { renderLandingPage: async () => ({ html }) };
    },
  };
}

function leadOn(html: string): string {
  return html.replace(FALLBACK, LEADS_ON).replace('</style>', `${LET_CLICKS_THROUGH}\n      </style>`);
}
