"""TLS to the exchange: it must show a certificate of the right authority; probes need none."""

from __future__ import annotations

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.doors.accepting import bound_socket
from bot.doors.certificates import certificates
from bot.errors import VoicebotError
from bot.gateway.admission import Admission
from bot.gateway.auth import LineAuth, open_auth
from bot.gateway.call_registry import CallRegistry
from bot.gateway.metrics import Metrics
from bot.gateway.server import Gateway
from bot.gateway.serving import listening_for_http
from bot.gateway.ticker import Ticker
from bot.settings import Settings
from tests.channels.fake_asterisk import FakeAsterisk
from tests.gateway.conftest import Listeners

NOW = datetime.datetime.now(datetime.UTC)


class Authority:
    """Signs certificates, each with its key in one PEM file."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._write(name, self._key, authority=True)

    def issue(self, name: str) -> Path:
        return self._write(name, ec.generate_private_key(ec.SECP256R1()), authority=False)

    def _write(self, name: str, key: ec.EllipticCurvePrivateKey, authority: bool) -> Path:
        made = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self._name)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - datetime.timedelta(days=1))
            .not_valid_after(NOW + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        path = self._folder / f"{self._name}-{name}.pem"
        pem = serialization.Encoding.PEM
        secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path.write_bytes(made.public_bytes(pem) + secret)
        return path


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ours"), "ours")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("theirs"), "theirs")


@asynccontextmanager
async def serving(settings: Settings, auth: LineAuth, listeners: Listeners) -> AsyncIterator[str]:
    metrics = Metrics()
    gateway = Gateway(
        listeners.answer, auth, Admission(9), metrics, Ticker(metrics.ticked), CallRegistry(lambda: 0.0), 99
    )
    bound = bound_socket("127.0.0.1", 0, "VOICEBOT_PORT")
    port = bound.getsockname()[1]
    async with listening_for_http(gateway, bound, certificates(settings)):
        yield f"https://localhost:{port}"


def client(trusts: Authority, shows: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(trusts.certificate))
    if shows:
        context.load_cert_chain(shows)
    return context


async def test_an_exchange_with_our_certificate_brings_calls_and_no_other(
    ours: Authority, theirs: Authority, listeners: Listeners
) -> None:
    settings = Settings(host="0.0.0.0", tls_certificate=str(ours.issue("gateway")), tls_client_ca=str(ours.certificate))
    async with serving(settings, open_auth(settings), listeners) as url, aiohttp.ClientSession() as session:
        welcome = client(ours, ours.issue("pbx"))
        async with session.ws_connect(f"{url}/asterisk?caller=0912345678", ssl=welcome, autoping=False) as socket:
            asterisk = FakeAsterisk(socket)
            await asterisk.start()
            await asterisk.sync()
            await asterisk.hang_up()
        assert listeners.callers == ["0912345678"]

        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{url}/asterisk?caller=0912345678", ssl=client(ours, None))
        assert refused.value.status == 401
        with pytest.raises(aiohttp.ClientError):
            await session.ws_connect(f"{url}/asterisk?caller=0912345678", ssl=client(ours, theirs.issue("pbx")))
        assert listeners.callers == ["0912345678"]

        async with session.get(f"{url}/readyz", ssl=client(ours, None)) as response:
            assert response.status == 200


def test_what_is_wrong_is_told_at_the_start(tmp_path: Path) -> None:
    assert certificates(Settings())() is None
    with pytest.raises(VoicebotError, match="tls_certificate"):
        certificates(Settings(tls_client_ca="ca.pem"))
    (tmp_path / "none.pem").write_text("no certificate")
    for name in ("none.pem", "missing.pem"):
        with pytest.raises(VoicebotError, match="cannot be used"):
            certificates(Settings(tls_certificate=str(tmp_path / name)))


class TestRenewal:
    """Certificates end every few weeks, and nobody restarts a gateway with a hundred calls in it for that."""

    async def serial(self, url: str, trusts: Authority) -> int:
        """Of the certificate that the next connection is shown."""
        host, port = url.removeprefix("https://").split(":")
        _, writer = await asyncio.open_connection(host, int(port), ssl=client(trusts, None))
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.close()
        return x509.load_der_x509_certificate(shown).serial_number

    def held(self, path: Path) -> int:
        return x509.load_pem_x509_certificate(path.read_bytes()).serial_number

    async def test_the_next_connection_is_shown_the_new_certificate(
        self, ours: Authority, listeners: Listeners
    ) -> None:
        own = ours.issue("gateway")
        settings = Settings(tls_certificate=str(own))
        async with serving(settings, open_auth(settings), listeners) as url:
            before = self.held(own)
            assert await self.serial(url, ours) == before
            ours.issue("gateway")
            assert self.held(own) != before
            assert await self.serial(url, ours) == self.held(own)

    @pytest.mark.parametrize("broken", ["half of it", "", None])
    async def test_a_file_that_cannot_be_used_is_told_once_and_the_old_certificate_stays(
        self, ours: Authority, listeners: Listeners, caplog: pytest.LogCaptureFixture, broken: str | None
    ) -> None:
        own = ours.issue("gateway")
        settings = Settings(tls_certificate=str(own))
        async with serving(settings, open_auth(settings), listeners) as url:
            before = self.held(own)
            own.unlink() if broken is None else own.write_text(broken)
            assert [await self.serial(url, ours) for _ in range(2)] == [before, before]
            assert [record.levelname for record in caplog.records if "TLS" in record.message] == ["ERROR"]
            ours.issue("gateway")
            assert await self.serial(url, ours) == self.held(own) != before

    async def test_an_authority_that_was_replaced_opens_no_door_any_more(
        self, ours: Authority, theirs: Authority, listeners: Listeners, tmp_path: Path
    ) -> None:
        authority = tmp_path / "ca.pem"
        authority.write_bytes(ours.certificate.read_bytes())
        settings = Settings(host="0.0.0.0", tls_certificate=str(ours.issue("gateway")), tls_client_ca=str(authority))
        async with serving(settings, open_auth(settings), listeners) as url, aiohttp.ClientSession() as session:
            call = f"{url}/asterisk?caller=0912345678"
            old, new = client(ours, ours.issue("pbx")), client(ours, theirs.issue("pbx"))
            async with session.ws_connect(call, ssl=old, autoping=False) as socket:
                asterisk = FakeAsterisk(socket)
                await asterisk.start()
                authority.write_bytes(theirs.certificate.read_bytes())
                with pytest.raises(aiohttp.ClientError):
                    await session.ws_connect(call, ssl=old)
                async with session.ws_connect(call, ssl=new, autoping=False) as second:
                    other = FakeAsterisk(second)
                    await other.start()
                    await other.hang_up()
                await asterisk.sync()  # the call that was there goes on
                await asterisk.hang_up()
