# The base is pinned by its tag, because this repository is built without a registry at hand. For a
# release give its digest: docker build --build-arg BASE=python:3.11.13-slim-bookworm@sha256:…
ARG BASE=python:3.11.13-slim-bookworm

# Stage 1 installs the locked packages, by their hashes, and fetches the pinned browser assets.
FROM ${BASE} AS build
WORKDIR /src
RUN apt-get update && apt-get install -y --no-install-recommends npm \
    && rm -rf /var/lib/apt/lists/*
COPY pyproject.toml requirements.lock requirements-build.lock README.md LICENSE package.json package-lock.json .npmrc ./
RUN python -m venv /opt/hazardmap \
    && /opt/hazardmap/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY geodata geodata
COPY service service
# What only the tests and the linter need is left out of the image.
RUN NPM_CONFIG_OMIT=dev /opt/hazardmap/bin/python -m service.assets && mv .assets /opt/hazardmap/assets \
    && python -m venv /tmp/tools \
    && /tmp/tools/bin/pip install --no-cache-dir --require-hashes -r requirements-build.lock \
    && /tmp/tools/bin/uv build --quiet --wheel --no-build-isolation --python /tmp/tools/bin/python \
       --out-dir /tmp/wheel . \
    && /opt/hazardmap/bin/pip install --no-cache-dir --no-deps /tmp/wheel/*.whl

# Stage 2 is what runs: no compiler, no npm, no root.
FROM ${BASE}
RUN apt-get update && apt-get install -y --no-install-recommends libexpat1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 hazardmap \
    && install -d -o hazardmap -g hazardmap /data
COPY --from=build /opt/hazardmap /opt/hazardmap
ENV PATH=/opt/hazardmap/bin:$PATH \
    HAZARDMAP_ASSETS=/opt/hazardmap/assets \
    HAZARDMAP_DATA=/data
USER hazardmap
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["hazardmap", "serve", "--host", "0.0.0.0", "--port", "8000"]
