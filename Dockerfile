# docker build -t vm-power-manager .        (or: docker buildx build --platform linux/amd64,linux/arm64 ...)
# Checked by tests/container; the README shows how to run it.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
ARG TARGETARCH
# Packages change seldom: a layer of their own, kept until a project file changes.
COPY Directory.Build.props Directory.Packages.props BannedSymbols.txt ./
COPY src/VmPowerManager.Core/VmPowerManager.Core.csproj src/VmPowerManager.Core/
COPY src/VmPowerManager.Protocols/VmPowerManager.Protocols.csproj src/VmPowerManager.Protocols/
COPY src/VmPowerManager/VmPowerManager.csproj src/VmPowerManager/
RUN dotnet restore src/VmPowerManager -a "$TARGETARCH"
COPY . .
RUN tests/publish /app "$TARGETARCH"

# The base brings ICU, tzdata and the user `app` (1654).
FROM mcr.microsoft.com/dotnet/aspnet:10.0
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ipmitool iputils-ping libgssapi-krb5-2 \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin \
 && install -d -o app -g app -m 700 /data
WORKDIR /app
COPY --from=build /app .
ENV Data__Path=/data \
    Secrets__Path=/run/secrets \
    DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=false
USER app
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["/app/VmPowerManager", "--healthcheck"]
ENTRYPOINT ["/app/VmPowerManager"]
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="VM Host Power Manager" \
      org.opencontainers.image.description="Shuts machines down in order when mains fails, and starts them again" \
      org.opencontainers.image.version="$VERSION"
