"""Systems of an operator that receive events: real servers on this machine, with every bad habit."""

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Lock, Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Habit = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Receiver:
    """What came to a server, and how it answers."""

    port: int = 0
    scheme: str = "http"
    habit: Habit = field(default=lambda handler: answer(handler, 204))
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    @property
    def url(self) -> str:
        return self.at("127.0.0.1")

    def at(self, host: str) -> str:
        return f"{self.scheme}://{host}:{self.port}/hooks?of=lvzhang"

    @property
    def ids(self) -> list[str]:
        with self.lock:
            return [headers["webhook-id"] for headers, _ in self.came]


def answer(handler: BaseHTTPRequestHandler, status: int, **headers: str) -> None:
    """Answer with a status and nothing else."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def status(code: int) -> Habit:
    """Answer always so."""
    return lambda handler: answer(handler, code)


def one_after_another(*codes: int) -> Habit:
    """Answer so, and then with the last of them for ever."""
    left = list(codes)
    return lambda handler: answer(handler, left.pop(0) if len(left) > 1 else left[0])


def redirecting_to(url: str) -> Habit:
    """Send callers elsewhere."""
    return lambda handler: answer(handler, 307, Location=url)


def huge(handler: BaseHTTPRequestHandler) -> None:
    """Answer without an end."""
    handler.send_response(200)
    handler.end_headers()
    with suppress(OSError):
        while True:
            handler.wfile.write(b"x" * 65_536)


def silent(over: Event) -> Habit:
    """Take the request and say nothing."""

    def wait(_: BaseHTTPRequestHandler) -> None:
        over.wait(60)

    return wait


def trickling(handler: BaseHTTPRequestHandler) -> None:
    """Begin a status line and never come to its end."""
    with suppress(OSError):
        while True:
            handler.wfile.write(b"H")
            handler.wfile.flush()
            time.sleep(0.05)


@contextmanager
def receiving(
    *, host: str = "127.0.0.1", certificate: Path | None = None, port: int = 0
) -> Iterator[Receiver]:
    """Run a receiver; with a certificate it speaks TLS."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with receiver.lock:
                receiver.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            receiver.habit(self)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Keep quiet: callers hang up on purpose."""

    with Server((host, port), Handler) as server:
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            receiver.scheme = "https"
        receiver.port = server.server_port
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


def a_certificate(folder: Path, *names: str) -> Path:
    """Make a certificate that signs itself for some names; the file holds its key too."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now = datetime.now(UTC)
    others = [x509.IPAddress(ip_address(each)) if each[0].isdigit() else x509.DNSName(each) for each in names]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(others), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{names[0]}.pem"
    plain = serialization.NoEncryption()
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file
