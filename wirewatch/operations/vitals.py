"""A process's `/metrics`, `/healthz` and `/readyz`, served by a thread, so that they answer while its loop is busy."""

import logging
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from wirewatch.clock import Clock
from wirewatch.operations import metrics
from wirewatch.operations.standing import NEW, Standing, Verdict, judge
from wirewatch.settings import OperationsSettings

logger = logging.getLogger(__name__)

# Each stage's port, counted from the configured one: so that one address serves for all stages of a machine.
STAGES: Final = ("up", "poll", "analyse", "cluster", "ledger", "desks", "deliver", "console")
BEAT_SECONDS: Final = 1.0
# A loop that did not turn for so long does not live.
DEAD_AFTER: Final = 30.0

Probe = Callable[[], Standing | None]


class Vitals:
    """How this process is. A stage sets `probe`, which says how it stands towards Kafka; None while it begins."""

    def __init__(self, stage: str, clock: Clock) -> None:
        self.stage = stage
        self.probe: Probe | None = None
        self._clock = clock
        self._beat: datetime | None = None
        self._verdict: Verdict = NEW
        self._server: ThreadingHTTPServer | None = None

    def serve(self, settings: OperationsSettings) -> str | None:
        """Begin to answer on the stage's own port; return the address, or None where it is turned off.

        A port that is taken makes the system choose one: a second worker of a stage on one machine is no fault.
        """
        if settings.metrics is None:
            return None
        host, first = address_of(settings.metrics)
        port = first + STAGES.index(self.stage) if first else 0
        handler = _handler(self)
        try:
            server = ThreadingHTTPServer((host, port), handler)
        except OSError as error:
            logger.warning("Port %d is taken (%s); metrics are served on another one", port, error.strerror)
            try:
                server = ThreadingHTTPServer((host, 0), handler)
            except OSError as worse:
                logger.warning("Metrics are not served: %s: %s", host, worse.strerror)
                return None
        server.daemon_threads = True
        self._server = server
        Thread(target=server.serve_forever, name="vitals", daemon=True).start()
        address = f"http://{host}:{server.server_address[1]}"
        logger.info("%s serves %s/metrics, /healthz and /readyz", self.stage, address)
        return address

    def close(self) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    async def run(self) -> None:
        """Look at the process each second, without end."""
        while True:
            self.look()
            await self._clock.sleep(BEAT_SECONDS)

    def look(self) -> None:
        """Look at the process once."""
        now = self._clock.now()
        self._verdict = judge(self._verdict, self.probe() if self.probe is not None else None, now)
        for topic, lag in self._verdict.lags.items():
            metrics.LAG_MESSAGES.labels(self.stage, topic).set(lag.messages)
            metrics.LAG_SECONDS.labels(self.stage, topic).set(lag.seconds)
        metrics.READY.labels(self.stage).set(not self._verdict.reasons)
        self._beat = now

    def healthz(self) -> tuple[bool, dict[str, Any]]:
        """Return whether the process lives, and what is said of it."""
        silent = 0.0 if self._beat is None else (self._clock.now() - self._beat).total_seconds()
        lives = silent < DEAD_AFTER
        return lives, {
            "alive": lives,
            "stage": self.stage,
            "reasons": [] if lives else [f"nothing moved for {silent:.0f} s"],
        }

    def readyz(self) -> tuple[bool, dict[str, Any]]:
        """Return whether the process is ready, and why not."""
        lives, told = self.healthz()
        reasons = [*told["reasons"], *self._verdict.reasons]
        return lives and not reasons, {
            "ready": lives and not reasons,
            "stage": self.stage,
            "reasons": reasons,
            "lag": {topic: lag.messages for topic, lag in self._verdict.lags.items()},
        }


def address_of(written: str) -> tuple[str, int]:
    """Return host and port of "127.0.0.1:9470" or "[::1]:9470"."""
    host, _, port = written.rpartition(":")
    return host.strip("[]"), int(port)


def _handler(vitals: Vitals) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        # One that sends nothing holds its thread no longer than this.
        timeout = 10
        server_version = "wirewatch"
        sys_version = ""

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/metrics":
                self._answer(HTTPStatus.OK, generate_latest(), CONTENT_TYPE_LATEST)
            elif path in {"/healthz", "/readyz"}:
                well, told = vitals.healthz() if path == "/healthz" else vitals.readyz()
                status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
                self._answer(status, msgspec.json.encode(told) + b"\n", "application/json")
            else:
                self._answer(HTTPStatus.NOT_FOUND, b"/metrics, /healthz, /readyz\n", "text/plain")

        do_HEAD = do_GET  # noqa: N815 - the name that its base looks for

        def _answer(self, status: HTTPStatus, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its base says so
            """Say nothing of each scrape."""

    return Handler
