"""The certificate of the settings: what is wrong with it is said at the start, and a renewed one is taken up."""

import datetime as dt
import logging
import os

import pytest
from cryptography.hazmat.primitives import serialization

from quizzler.config import Settings
from quizzler.errors import StartupError
from quizzler.security.certificates import Certificate, given, load
from tests.certificates import Authority


@pytest.fixture
def authority(tmp_path) -> Authority:
    made = Authority(tmp_path)
    made.issue()
    return made


def refusal(authority: Authority) -> str:
    with pytest.raises(StartupError) as error:
        load(authority.certificate, authority.key)
    return error.value.sentence


def test_no_certificate_is_no_https():
    assert given(Settings()) is None


def test_one_without_the_other(authority):
    with pytest.raises(StartupError, match="TLS_KEY is missing"):
        given(Settings(tls_certificate=authority.certificate))
    with pytest.raises(StartupError, match="TLS_CERTIFICATE is missing"):
        given(Settings(tls_key=authority.key))


def test_file_that_is_not_there_or_may_not_be_read(authority):
    authority.key.unlink()
    assert refusal(authority) == f"TLS_KEY: {authority.key} cannot be read: No such file or directory"
    authority.certificate.unlink()
    authority.certificate.mkdir()
    assert refusal(authority) == f"TLS_CERTIFICATE: {authority.certificate} cannot be read: Is a directory"


def test_files_that_are_something_else(authority):
    certificate, key = authority.certificate.read_bytes(), authority.key.read_bytes()
    authority.certificate.write_bytes(key)
    assert "is no PEM file with a certificate" in refusal(authority)
    authority.certificate.write_bytes(certificate)
    authority.key.write_bytes(b"\xff\x00")
    assert "is no PEM file with a private key" in refusal(authority)
    authority.key.write_bytes(key[: len(key) // 2] + b"\n-----END EC PRIVATE KEY-----\n")
    assert "one of the files is damaged" in refusal(authority)


def test_key_of_another_certificate(authority):
    before = authority.key.read_bytes()
    authority.issue()
    authority.key.write_bytes(before)
    assert f"{authority.key} is not the key of the certificate in {authority.certificate}" in refusal(authority)


def test_key_with_a_password_does_not_make_the_server_ask_for_it(authority):
    key = serialization.load_pem_private_key(authority.key.read_bytes(), None)
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    authority.key.write_bytes(key.private_bytes(*form, serialization.BestAvailableEncryption(b"hunter2")))
    assert "is protected by a password" in refusal(authority)


def test_certificate_whose_time_is_over_or_has_not_come(authority):
    authority.issue(end=dt.timedelta(days=-1))
    assert refusal(authority) == f"TLS_CERTIFICATE: the certificate in {authority.certificate} has expired"
    authority.issue(begin=dt.timedelta(days=1))
    assert "is not valid yet: is this machine's clock right?" in refusal(authority)


def test_renewed_files_are_taken_up(authority, caplog):
    caplog.set_level(logging.INFO)
    certificate = Certificate(authority.certificate, authority.key)
    before = certificate.context
    assert not certificate.renew() and certificate.context is before
    authority.issue()
    assert certificate.renew() and certificate.context is not before
    assert "was renewed" in caplog.text
    assert not certificate.renew()


def test_files_that_cannot_be_used_change_nothing_and_are_told_of_once(authority, caplog):
    certificate = Certificate(authority.certificate, authority.key)
    before = certificate.context
    key = authority.key.read_bytes()
    authority.issue()
    new_key = authority.key.read_bytes()
    authority.key.write_bytes(key)  # in the middle of a renewal
    assert not certificate.renew() and not certificate.renew()
    assert certificate.context is before
    assert caplog.text.count("The certificate of before stays") == 1
    authority.key.unlink()
    assert not certificate.renew()
    authority.key.write_bytes(new_key)
    assert certificate.renew()


def test_file_that_took_the_place_of_another_is_seen(authority):
    """As certbot does it: the path is a link that points to another file from then on."""
    certificate = Certificate(authority.certificate, authority.key)
    for path in (authority.certificate, authority.key):
        path.rename(path.with_suffix(".1"))
    authority.issue()
    for path in (authority.certificate, authority.key):
        os.utime(path, ns=(0, path.with_suffix(".1").stat().st_mtime_ns))
    assert certificate.renew()
