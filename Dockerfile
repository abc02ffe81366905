# An image that predicts and serves: no TensorFlow, no Java, no pip, and nothing written.
#   docker build -t kosent .
#   docker run --read-only --cap-drop ALL -p 127.0.0.1:8000:8000 kosent
FROM python:3.13-slim AS build
RUN python -m venv --without-pip /opt/kosent
COPY requirements/serve.lock /src/requirements/
RUN pip --python /opt/kosent/bin/python install --no-cache-dir --no-deps --require-hashes \
        --requirement /src/requirements/serve.lock
COPY . /src
RUN pip --python /opt/kosent/bin/python install --no-cache-dir --no-deps /src

FROM python:3.13-slim
COPY --from=build /opt/kosent /opt/kosent
ENV KOSENT_CACHE=off PYTHONDONTWRITEBYTECODE=1
USER 65532:65532
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 \
    CMD ["/opt/kosent/bin/python", "-I", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
ENTRYPOINT ["/opt/kosent/bin/kosent", "serve", "--host", "0.0.0.0"]
