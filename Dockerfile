# The service as an image: `docker build -t patrolog .`, then `docker run -v ./patrolog.yaml:/etc/patrolog/patrolog.yaml patrolog`.
FROM node:24-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN scripts/build && npm prune --omit=dev --ignore-scripts

FROM node:24-slim
WORKDIR /opt/patrolog
COPY --from=build /src/package.json ./
COPY --from=build /src/node_modules node_modules
COPY --from=build /src/dist dist
COPY --from=build /src/bin bin
COPY --from=build /src/docs docs
COPY --from=build /src/samples/incidents/stale-watch-real-apiserver samples/incidents/stale-watch-real-apiserver
USER node
EXPOSE 8080
ENTRYPOINT ["/opt/patrolog/bin/patrolog"]
CMD ["live", "--config", "/etc/patrolog/patrolog.yaml"]
