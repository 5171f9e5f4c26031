# The stages, without the embedded Kafka: a container has a cluster beside it. Every package by its hash.
ARG PYTHON=3.13

# The full image has the compiler that packages without a wheel for this processor need.
FROM python:${PYTHON} AS build
WORKDIR /source
COPY pyproject.toml requirements.lock README.md ./
COPY tools tools
COPY connectors connectors
COPY streams streams
COPY alerts alerts
COPY console console
COPY wirewatch wirewatch
# The same tools as on a developer's machine build the wheel ...
RUN python tools/install.py && .venv/bin/hatchling build -t wheel -d /wheel
# ... and what is run stands alone, at the place where it will stand.
COPY deploy/requirements.lock deploy/requirements.lock
RUN .venv/bin/uv venv --quiet --python /usr/local/bin/python3 /opt/wirewatch \
 && .venv/bin/uv pip install --quiet --compile-bytecode --python /opt/wirewatch/bin/python \
      --require-hashes -r deploy/requirements.lock \
 && .venv/bin/uv pip install --quiet --compile-bytecode --python /opt/wirewatch/bin/python --no-deps /wheel/*.whl

FROM python:${PYTHON}-slim
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/wirewatch --shell /usr/sbin/nologin wirewatch \
 && install -d -o wirewatch -g wirewatch /var/lib/wirewatch /etc/wirewatch
COPY --from=build /opt/wirewatch /opt/wirewatch
ENV PATH=/opt/wirewatch/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    WIREWATCH_CONFIG=/etc/wirewatch/wirewatch.toml
# What a stage keeps here comes back from Kafka: a volume of each container's own, never shared between two.
VOLUME /var/lib/wirewatch
WORKDIR /var/lib/wirewatch
USER 10001:10001
ENTRYPOINT ["wirewatch"]
CMD ["--help"]
