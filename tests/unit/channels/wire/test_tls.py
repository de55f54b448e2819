"""Certificates are verified: the right authority, the right name."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def _certificate(subject, key, issuer, issuer_key, *, is_authority, names=()):
    now = datetime.now(UTC)
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if names:
        alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(alternatives, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A certificate authority, and a server's context for `localhost` signed by it."""
    folder = tmp_path_factory.mktemp("tls")
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate("root", authority_key, "root", authority_key, is_authority=True)
    leaf = _certificate(
        "leaf", server_key, "root", authority_key, is_authority=False, names=["localhost"]
    )
    pem = serialization.Encoding.PEM
    (folder / "root.pem").write_bytes(root.public_bytes(pem))
    (folder / "leaf.pem").write_bytes(leaf.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        server_key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "leaf.pem", folder / "key.pem")
    return folder / "root.pem", context


async def _answers(visit):
    while True:
        await visit.request()
        visit.ok(b"secret")


async def test_a_verified_connection_is_used_and_reused(serving, client_with, authority):
    root, context = authority
    server = await serving(_answers, tls=context, host="localhost")
    client = client_with(ssl_context=ssl.create_default_context(cafile=root))
    for _ in range(3):
        assert (await client.send(server.post())).body == b"secret"
    assert server.visits == 1


async def test_another_host_name_is_refused_before_a_byte(serving, client_with, authority):
    root, context = authority
    server = await serving(_answers, tls=context, host="127.0.0.1")
    client = client_with(ssl_context=ssl.create_default_context(cafile=root))
    answer = await client.send(server.post())
    assert (answer.status, answer.was_written, answer.failure) == (0, False, "tls")
    assert server.requests == []


async def test_an_unknown_authority_is_refused_by_default(serving, client, authority):
    _, context = authority
    server = await serving(_answers, tls=context, host="localhost")
    answer = await client.send(server.post())
    assert (answer.status, answer.was_written, answer.failure) == (0, False, "tls")
    assert server.requests == []


async def test_a_server_that_speaks_no_tls_is_refused_before_a_byte(serving, client):
    async def script(visit):
        await visit.reader.read(100)
        visit.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    server = await serving(script)
    server.origin = server.origin.replace("http://", "https://")
    answer = await client.send(server.post())
    assert (answer.status, answer.was_written, answer.failure) == (0, False, "tls")


async def test_a_reset_over_tls_leaves_it_unknown(serving, client_with, authority):
    async def script(visit):
        await visit.request()
        visit.reset()

    root, context = authority
    server = await serving(script, tls=context, host="localhost")
    client = client_with(ssl_context=ssl.create_default_context(cafile=root))
    answer = await client.send(server.post())
    assert (answer.status, answer.was_written, answer.failure) == (0, True, "reset")
