# The app without Neo4j and without Java: it talks to a server named by FITSM_NEO4J_URI.
# Built in two stages: what builds is not in what runs.
FROM python:3.13-slim-trixie AS build

WORKDIR /build
COPY pyproject.toml README.md LICENSE package.json package-lock.json .npmrc ./
COPY requirements ./requirements
COPY tools ./tools
COPY cypher ./cypher
COPY schema ./schema
COPY src ./src
RUN python tools/setup.py \
 && .venv/bin/python tools/build_wheel.py /dist \
 && python -m venv /opt/fitsm-graph \
 && .venv/bin/uv pip install --python /opt/fitsm-graph/bin/python --require-hashes --no-deps \
      -r requirements/app.txt \
 && .venv/bin/uv pip install --python /opt/fitsm-graph/bin/python --no-deps /dist/*.whl

FROM python:3.13-slim-trixie

RUN groupadd --system --gid 10001 fitsm \
 && useradd --system --uid 10001 --gid fitsm --home-dir /var/lib/fitsm-graph --create-home fitsm
COPY --from=build /opt/fitsm-graph /opt/fitsm-graph
ENV PATH=/opt/fitsm-graph/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    NUMBA_CACHE_DIR=/var/lib/fitsm-graph/numba \
    FITSM_DATA=/var/lib/fitsm-graph \
    FITSM_CACHE=/var/lib/fitsm-graph/cache
USER 10001:10001
WORKDIR /var/lib/fitsm-graph
VOLUME /var/lib/fitsm-graph
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=5 \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/readyz', timeout=2)"]
# All interfaces of the container: the host publishes the port on its loopback address alone.
CMD ["fitsm-graph", "serve", "--host", "0.0.0.0", "--port", "8080"]
