# syntax=docker/dockerfile:1
# Build: everything, then only what runs is copied on.
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund
COPY tsconfig.json ./
COPY src ./src
COPY agent-link ./agent-link
COPY cloud ./cloud
COPY browser-ui ./browser-ui
RUN node src/bootstrap/build.mjs
RUN npm prune --ignore-scripts --omit=dev --no-audit --no-fund

# Run: no compiler, no shell scripts, not root, root file system read-only (docker run --read-only); only /data, /keys and /backups are written.
# Each is a volume of its own: what is in a backup opens only with the keys, so put them on different disks.
FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true \
    THROUGHLINE_DATA=/data \
    THROUGHLINE_KEYS=/keys \
    THROUGHLINE_BACKUPS=/backups \
    THROUGHLINE_HOST_AGENT=off
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
RUN mkdir -m 700 /data /keys /backups && chown node:node /data /keys /backups
USER node
VOLUME /data /keys /backups
EXPOSE 8443
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["node", "dist/src/main.js", "doctor", "--health"]
STOPSIGNAL SIGTERM
CMD ["node", "dist/src/main.js", "up"]
