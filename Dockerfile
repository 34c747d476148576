# The page's third-party files come from npm, the service's packages from PyPI; neither npm nor pip
# is left in what runs. Images are named by digest, of every platform; dependabot keeps them new.
# docs/deploy.md says how to start it.

FROM node:22-slim@sha256:c3de60bf2f9dd0ac6370e6117950ff62d6e339527e7472301c9c78a017978392 AS page
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY scripts/copy-vendor.js scripts/
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && node scripts/copy-vendor.js

FROM python:3.11-slim@sha256:db3ff2e1800a8581e2c48a27c3995339d47bdf046da21c7627accd3d51053a93 AS base

FROM base AS packages
COPY requirements.txt ./
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --no-compile --require-hashes -r requirements.txt \
    && /opt/venv/bin/pip uninstall --yes pip setuptools

FROM base
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin cepstra \
    && mkdir -p /app/data && chown cepstra /app/data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
COPY --from=page /build/static/vendor static/vendor
# Bytecode of what the service loads, and of nothing else.
RUN /opt/venv/bin/python -c "import api, gunicorn.app.wsgiapp, cepstra.server.worker"
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 PORT=5000 LOG_FORMAT=json
USER cepstra
EXPOSE 5000
VOLUME /app/data
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/health/live', timeout=4)"]
CMD ["gunicorn", "api:app"]
