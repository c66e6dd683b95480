# The image of the broker on the JVM, with its AOT cache. Build it from a plain checkout with podman, buildah or docker:
#
#   podman build -t token-broker .
#   podman build -t token-broker-sandbox --target sandbox .
#
# The sandbox contains a TrackMage look-alike. Never use it in production.
# docs/images.md describes mirrors, Maven settings, and what the container may do.

# Use the same Temurin release for both images. To use a mirror or to pin a digest, override these arguments:
# mirror.example/eclipse-temurin:…-noble@sha256:…
ARG BUILDER_IMAGE=docker.io/library/eclipse-temurin:25.0.3_9-jdk-noble
ARG RUNTIME_IMAGE=docker.io/library/eclipse-temurin:25.0.3_9-jre-noble


FROM ${RUNTIME_IMAGE} AS runtime
ARG RUNTIME_IMAGE
ARG VERSION=
ARG REVISION=
ARG SOURCE=
LABEL org.opencontainers.image.vendor="TrackMage token broker" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.base.name="${RUNTIME_IMAGE}"
WORKDIR /opt/token-broker
EXPOSE 8080 9000


FROM ${BUILDER_IMAGE} AS sources
WORKDIR /src
COPY . .


FROM sources AS build-sandbox
ARG MAVEN_USER_HOME=/root/.m2
RUN --mount=type=cache,target=/root/.m2 --mount=type=secret,id=maven-settings \
    if [ -f /run/secrets/maven-settings ]; then set -- -s /run/secrets/maven-settings; fi; \
    ./mvnw -q -B -ntp "-Dmaven.repo.local=$MAVEN_USER_HOME/repository" -Psandbox -DskipChecks -Dmaven.test.skip package "$@"


FROM runtime AS sandbox
LABEL org.opencontainers.image.title="token-broker-sandbox" \
      org.opencontainers.image.description="The token broker with a TrackMage look-alike inside. For development and tests only."
COPY --from=sources /src/jvm.options ./
COPY --from=build-sandbox /src/target/sandbox/token-broker-sandbox.jar /src/target/sandbox/token-broker.cdx.json ./
USER 10001:10001
# The sandbox listens on the loopback interface unless it is told otherwise. A container has its own: nobody outside it could connect.
ENV QUARKUS_HTTP_HOST=0.0.0.0 QUARKUS_MANAGEMENT_HOST=0.0.0.0
ENTRYPOINT ["java", "@jvm.options", "-jar", "token-broker-sandbox.jar"]


FROM sources AS build
ARG MAVEN_USER_HOME=/root/.m2
# The training run uses the runtime image's JVM, because a JVM rejects an AOT cache from another JVM build.
ARG RUNTIME_JAVA_HOME=/opt/java/openjdk
COPY --from=runtime ${RUNTIME_JAVA_HOME} /opt/java/runtime
RUN --mount=type=cache,target=/root/.m2 --mount=type=secret,id=maven-settings \
    if [ -f /run/secrets/maven-settings ]; then set -- -s /run/secrets/maven-settings; fi; \
    TRAINING_JAVA_HOME=/opt/java/runtime bin/aot-cache "-Dmaven.repo.local=$MAVEN_USER_HOME/repository" -DskipChecks "$@"


# This stage is the last one, so that a build without --target creates it.
FROM runtime AS broker
LABEL org.opencontainers.image.title="token-broker" \
      org.opencontainers.image.description="Holds TrackMage API secrets in one place and serves live access tokens to internal services."
COPY --from=sources /src/jvm.options ./
COPY --from=build /src/target/quarkus-app/ ./
USER 10001:10001
ENTRYPOINT ["java", "@jvm.options", "-XX:AOTCache=token-broker.aot", "-jar", "quarkus-run.jar"]
