# One image for every process; BAKEN_ROLE and the command decide which one it is.
FROM python:3.11-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /venv
COPY requirements.lock /build/
COPY deploy/install-lock /build/
RUN /build/install-lock /venv/bin/python /build/requirements.lock

WORKDIR /app
COPY manage.py ./
COPY config/ config/
COPY portal/ portal/
COPY reports/ reports/
COPY triage/ triage/
# The key is for this one command and stays in this layer of the build stage.
RUN /venv/bin/python -m config.translations \
    && BAKEN_SECRET_KEY=collectstatic BAKEN_STATIC_ROOT=/app/static \
       /venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && /venv/bin/python -m compileall -q /app

FROM python:3.11-slim-bookworm

RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin baken \
    && install -d -o baken -g baken -m 0700 /vault /data /evidence \
       /vault/public /vault/staff /vault/worker /vault/mail
COPY --from=build /venv /venv
COPY --from=build /app /app

ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    BAKEN_STATIC_ROOT=/app/static \
    BAKEN_VAULT_DIR=/vault \
    BAKEN_DATA_DIR=/data \
    BAKEN_EVIDENCE_DIR=/evidence \
    BAKEN_BIND=0.0.0.0:8000
WORKDIR /app
USER baken
CMD ["gunicorn", "--config", "python:config.gunicorn", "config.wsgi:application"]
