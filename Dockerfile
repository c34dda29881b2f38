# Kea's image: the service and its embedding model, without what only built them.
# docs/docker.md says how to use it; `make image-rehearsal` runs every step of it.

# --- The pages' scripts and styles ---
FROM node:20-bookworm-slim AS pages
WORKDIR /src/web/frontend
COPY web/frontend/package.json web/frontend/package-lock.json web/frontend/.npmrc ./
RUN --mount=type=cache,target=/root/.npm \
    npm ci --loglevel=error
COPY web/frontend ./
RUN npm run --silent build

# --- What the service imports, in an environment without pip ---
FROM python:3.11-slim-bookworm AS dependencies
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_PROGRESS_BAR=off PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
RUN python -m venv --without-pip /opt/kea
COPY pyproject.toml constraints.txt scripts/image_requirements.py ./
RUN --mount=type=cache,target=/root/.cache/pip \
    python image_requirements.py service > service.txt \
    && pip --python /opt/kea/bin/python install -q -c constraints.txt -r service.txt

# --- The embedding model: torch is here and nowhere else ---
FROM dependencies AS model
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
RUN --mount=type=cache,target=/root/.cache/pip \
    python image_requirements.py export > export.txt \
    && pip --python /opt/kea/bin/python install -q -c constraints.txt -r export.txt
COPY knowledge_base knowledge_base
RUN HF_HUB_OFFLINE=1 ORT_DISABLE_TELEMETRY=1 /opt/kea/bin/python -m knowledge_base.embedding.export --model-dir /opt/models \
    && HF_HUB_OFFLINE=1 ORT_DISABLE_TELEMETRY=1 /opt/kea/bin/python -m knowledge_base.pairs.preparing --model-dir /opt/models

# --- Kea itself, as a wheel ---
FROM dependencies AS package
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
# setuptools of the pinned version, so no isolated build.
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m venv /opt/build && /opt/build/bin/pip install -q -c constraints.txt setuptools
COPY README.md ./
COPY assistant assistant
COPY ingest ingest
COPY knowledge_base knowledge_base
COPY web web
COPY --from=pages /src/web/static/dist web/static/dist
RUN /opt/build/bin/pip wheel -q --no-deps --no-build-isolation -w /wheels . \
    && pip --python /opt/kea/bin/python install -q --no-deps --no-index /wheels/*.whl

# --- What runs ---
FROM python:3.11-slim-bookworm AS kea
LABEL org.opencontainers.image.title="Kea" \
      org.opencontainers.image.description="The known error assistant" \
      org.opencontainers.image.licenses="Apache-2.0"
# A number of its own, the same in every build: the volume stays readable after an upgrade.
RUN groupadd --gid 10001 kea \
    && useradd --uid 10001 --gid kea --home-dir /var/lib/kea --no-create-home --shell /usr/sbin/nologin kea \
    && install -d -o kea -g kea -m 0700 /var/lib/kea
COPY --from=package /opt/kea /opt/kea
COPY --from=model /opt/models /opt/models
# ONNX Runtime reports its use to its maker unless it is told not to, even while it is imported.
ENV PATH=/opt/kea/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HF_HUB_OFFLINE=1 \
    ORT_DISABLE_TELEMETRY=1 \
    KEA_HOME=/var/lib/kea \
    KEA_MODEL_DIR=/opt/models \
    KEA_HOST=0.0.0.0 \
    KEA_PORT=8080
WORKDIR /var/lib/kea
USER 10001:10001
# An image in which a module, the model or the pages are missing is not built.
RUN --mount=type=bind,source=scripts/check_image.py,target=/tmp/check_image.py \
    python /tmp/check_image.py
VOLUME /var/lib/kea
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen('http://127.0.0.1:' + os.environ['KEA_PORT'] + '/readyz', timeout=4)"]
ENTRYPOINT ["kea"]
CMD ["serve"]
