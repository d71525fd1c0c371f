FROM node:24-bookworm-slim AS base
WORKDIR /app
ENV NPM_CONFIG_UPDATE_NOTIFIER=false NPM_CONFIG_FUND=false NPM_CONFIG_AUDIT=false
COPY package.json package-lock.json ./

# No install scripts anywhere: better-sqlite3 carries its binary, and the npm package "node" would
# only put a second Node before the image's own in every npm script.
FROM base AS deps
RUN --mount=type=cache,target=/root/.npm \
    npm ci --ignore-scripts && rm -rf node_modules/node node_modules/.bin/node

FROM base AS production-deps
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --ignore-scripts

FROM deps AS build
COPY tsconfig.json tsconfig.build.json ./
COPY schema ./schema
COPY tools/page ./tools/page
COPY src ./src
RUN npm run build && chmod +x dist/main.js

FROM deps AS test
# The fault tests kill Redis and PostgreSQL, so they start their own; PostgreSQL refuses to run as root.
# README's commands find the image's Node where a clone has its own. Of Prometheus only promtool is taken: its package
# would bring a server and a web page along.
RUN apt-get update \
 && apt-get install -y --no-install-recommends make redis-server postgresql faketime curl openssl chromium python3-requests \
 && cd /tmp && apt-get download prometheus && dpkg -x prometheus_*.deb prometheus \
 && mv prometheus/usr/bin/promtool /usr/local/bin/ && rm -rf prometheus* && cd /app \
 && rm -rf /var/lib/apt/lists/* \
 && chown node:node /app \
 && ln -s /usr/local/bin/node node_modules/.bin/node
COPY --chown=node:node . .
# For make, the packages are installed, however new the checked-out lock file looks.
RUN touch node_modules/.package-lock.json
USER node
CMD ["make", "test"]

FROM node:24-bookworm-slim AS runtime
WORKDIR /app
# Each thread of Node would keep an arena of malloc's; the heap follows the container's limit by itself.
ENV MALLOC_ARENA_MAX=2 \
    NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=8000 \
    DATABASE_URL=sqlite:/data/boxoffice.db
RUN ln -s /app/dist/main.js /usr/local/bin/boxoffice && mkdir /data && chown node:node /data
COPY package.json ./
COPY --from=production-deps /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
# A relative SQLite path then means the volume too, not the layer that is lost with the container.
WORKDIR /data
VOLUME /data
EXPOSE 8000
# The slim image has no curl.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["serve"]
