# One image for the API, the worker, beat and the migration; docker-compose.yml says which it is.
FROM python:3.13-slim AS build

# The environment is made apart, so that pip's and the build backend's leftovers stay out of the image.
RUN python -m venv /opt/micropools
WORKDIR /src
COPY requirements-server.lock .
# Wheels by hash; the embedded services are left out, a container has real ones beside it.
RUN /opt/micropools/bin/pip install --no-cache-dir --disable-pip-version-check --only-binary :all: \
    --require-hashes --requirement requirements-server.lock
COPY . .
RUN /opt/micropools/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation --no-index .

FROM python:3.13-slim
# A fixed id, so that a volume keeps its owner when the image is built anew.
RUN useradd --system --uid 10001 --home-dir /var/lib/micropools --create-home micropools
COPY --from=build /opt/micropools /opt/micropools
ENV PATH=/opt/micropools/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MICROPOOLS_HOST=0.0.0.0 \
    MICROPOOLS_HOME=/var/lib/micropools
USER micropools
# A volume mounted here takes over its owner.
RUN mkdir -m 0700 /var/lib/micropools/erased
WORKDIR /var/lib/micropools
EXPOSE 8000
CMD ["uvicorn", "web.app:create_app", "--factory", "--host", "0.0.0.0", "--port", "8000", "--no-access-log", "--no-server-header", "--no-proxy-headers", "--timeout-graceful-shutdown", "3"]
