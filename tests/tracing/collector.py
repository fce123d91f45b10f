"""A collector for OTLP over HTTP, in a thread: it takes all spans and keeps them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span


class Collector:
    """What came so far, by the name of the process that sent it. `url`: where spans are sent."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.spans: dict[str, list[Span]] = {}
        self.bodies: list[bytes] = []
        self._changed = threading.Condition()

    def take(self, body: bytes) -> None:
        request = ExportTraceServiceRequest()
        request.ParseFromString(body)
        with self._changed:
            self.bodies.append(body)
            for each in request.resource_spans:
                [service] = [pair.value.string_value for pair in each.resource.attributes if pair.key == "service.name"]
                for scope in each.scope_spans:
                    self.spans.setdefault(service, []).extend(scope.spans)
            self._changed.notify_all()

    def wait(self, service: str, name: str, count: int, seconds: float) -> None:
        """Until a process has sent so many spans of this name."""
        with self._changed:
            assert self._changed.wait_for(
                lambda: [span.name for span in self.spans.get(service, ())].count(name) >= count, seconds
            ), {service: [span.name for span in spans] for service, spans in self.spans.items()}


@contextmanager
def collecting() -> Iterator[Collector]:
    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the library's name
            collector.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Door) as server:
        collector = Collector(f"http://127.0.0.1:{server.server_port}/v1/traces")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield collector
        server.shutdown()
