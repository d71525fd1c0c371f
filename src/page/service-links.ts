/** What a program finds at `/`. */
export const SERVICE_LINKS = {
  name: 'Box Office',
  links: {
    graphql: '/graphql',
    documentation: '/docs',
    openapi: '/openapi.json',
    ticketKeys: '/.well-known/boxoffice-keys.json',
    alive: '/livez',
    ready: '/readyz',
    metrics: '/metrics',
  },
};
