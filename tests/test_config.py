import os
import pwd
from pathlib import Path

import pytest

from quizzler.config import Settings
from quizzler.config.env_files import strangers
from quizzler.config.settings import names
from quizzler.config.shown import dotenv_example, markdown_table
from quizzler.errors import StartupError

LONG = "x" * 70


def load(flags=None, environ=None, dotenv=None) -> Settings:
    return Settings.load(flags or {}, environ or {}, dotenv)


def test_defaults():
    settings = load()
    assert (settings.host, settings.port) == ("0.0.0.0", 8000)
    assert (settings.max_rooms, settings.max_players_per_room) == (100, 50)
    assert (settings.heartbeat_interval, settings.session_max_age, settings.cleanup_interval) == (30, 7200, 300)
    assert settings.cors_origins == ()
    assert settings.data_dir.is_absolute()


def test_flag_before_environment_before_file(tmp_path):
    file = tmp_path / ".env"
    file.write_text("MAX_ROOMS=1\nPORT=1\nHOST=one\n# a comment\nUNKNOWN=x\n")
    settings = load({"max_rooms": "3"}, {"MAX_ROOMS": "2", "PORT": "2"}, file)
    assert (settings.max_rooms, settings.port, settings.host) == (3, 2, "one")


def test_empty_value_is_no_value():
    assert load({"max_rooms": None}, {"MAX_ROOMS": "", "DATABASE_URL": ""}).max_rooms == 100


def test_home_is_expanded(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ann")
    assert load(environ={"DATA_DIR": "~/quiz"}).data_dir == Path("/home/ann/quiz")


def test_cors_origins_are_a_list():
    settings = load(environ={"CORS_ORIGINS": "https://A.example, http://localhost:3000/ ,"})
    assert settings.cors_origins == ("https://a.example", "http://localhost:3000")
    assert load(environ={"CORS_ORIGINS": "*"}).cors_origins == ("*",)


@pytest.mark.parametrize("value", ["x", "0", "-3", "1.5", "99999999999", "١"])
def test_bad_number_names_the_setting_and_the_value(value):
    with pytest.raises(StartupError, match="MAX_ROOMS: .* is not a whole number") as error:
        load(environ={"MAX_ROOMS": value})
    assert repr(value) in error.value.sentence


@pytest.mark.parametrize("value", ["a.example", "ftp://a.example", "http://", "http://[a", "http://a b", "http://a?b"])
@pytest.mark.parametrize("name", ["PUBLIC_URL", "CORS_ORIGINS"])
def test_bad_address_names_the_setting(name, value):
    with pytest.raises(StartupError, match=f"^{name}: .* is not .* like https://"):
        load(environ={name: value})


def test_address_of_a_site_may_have_a_path_and_an_origin_not():
    assert load(environ={"PUBLIC_URL": "https://example.org:8443/quiz/"}).public_url == "https://example.org:8443/quiz"
    assert load(environ={"PUBLIC_URL": "http://[2001:db8::1]:8000"}).public_url == "http://[2001:db8::1]:8000"
    with pytest.raises(StartupError, match="CORS_ORIGINS"):
        load(environ={"CORS_ORIGINS": "https://example.org/quiz"})


@pytest.mark.parametrize("value", ["https://q:99999", "https://q:0", "https://[::::]", "https://a..b", "http://" + LONG])
@pytest.mark.parametrize("name", ["PUBLIC_URL", "CORS_ORIGINS"])
def test_address_where_nothing_can_be(name, value):
    with pytest.raises(StartupError, match=f"^{name}: .* is not .* like https://"):
        load(environ={name: value})


def test_host_is_an_address_or_a_name():
    for value in ("::", "127.0.0.1", "fe80::1%eth0", "localhost", "quiz.bücher.example", "under_score.local"):
        assert load(environ={"HOST": value}).host == value
    for value in (" ", "a..b", "x" * 70, "a b", "[::1]", "http://a", "::1%a b"):
        with pytest.raises(StartupError, match="HOST: .* is not an address or a name of this machine"):
            load(environ={"HOST": value})


def test_home_that_is_not_there(monkeypatch):
    with pytest.raises(StartupError, match="DATA_DIR: '~nosuchuser/x' is not the path of a folder: there is no such"):
        load(environ={"DATA_DIR": "~nosuchuser/x"})


def test_data_of_the_service_is_found_by_its_user(monkeypatch):
    def live_at(home: str) -> None:
        user = pwd.struct_passwd(("somebody", "x", 4711, 4711, "", home, "/bin/sh"))
        monkeypatch.setattr(pwd, "getpwuid", lambda _: user)

    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    live_at("/var/lib/quizzler")
    assert load().data_dir == Path("/var/lib/quizzler")
    live_at("/home/ann")
    monkeypatch.setenv("HOME", "/home/ann")
    assert load().data_dir == Path("/home/ann/.local/share/quizzler")


@pytest.mark.parametrize(
    ("text", "line"),
    [("MAX_ROOMS 20", 1), ("PORT=1\n\n\nMAX_ROOMS\n", 4), ("# x\nPORT='1\n", 2), ("A=1\n= x\nPORT=1", 2)],
)
def test_line_that_cannot_be_read(tmp_path, text, line):
    (tmp_path / ".env").write_text(text)
    with pytest.raises(StartupError, match=f"env, line {line}: it is not NAME=value"):
        load(dotenv=tmp_path / ".env")


def test_names_that_are_no_settings(tmp_path):
    file = tmp_path / ".env"
    file.write_text("MAX_ROOM=2\nport=1\nPORT=2\nexport TZ=UTC\nPGPASSWORD=x\nCOMPOSE_PROJECT_NAME=q\nZZZ=1\nBARE\n")
    found = list(strangers(file, names()))
    assert found == [("MAX_ROOM", "MAX_ROOMS"), ("port", "PORT"), ("ZZZ", None), ("BARE", None)]


def test_defaults_as_people_read_them():
    assert "| `SIGN_IN_LIFETIME` | 2592000 |" in markdown_table() and "# SIGN_IN_LIFETIME=2592000\n" in dotenv_example()
    assert "| `HOST_GRACE` | 600 |" in markdown_table()


def test_secrets_are_not_repeated():
    for name in ("JWT_SECRET_KEY", "DATABASE_URL"):
        with pytest.raises(StartupError) as error:
            load(environ={name: "hunter2"})
        assert "hunter2" not in error.value.sentence


def test_file_that_is_no_text(tmp_path):
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00PORT=1")
    with pytest.raises(StartupError, match="cannot be read"):
        load(dotenv=tmp_path / ".env")


def test_admin_emails_are_a_list():
    settings = load(environ={"ADMIN_EMAILS": " Ann@Example.org,bob@example.org ,"})
    assert settings.admin_emails == {"ann@example.org", "bob@example.org"}
    assert load().admin_emails == frozenset()
    with pytest.raises(StartupError, match="ADMIN_EMAILS: 'ann' is not a list like"):
        load(environ={"ADMIN_EMAILS": "ann"})


def test_networks_are_a_list():
    settings = load(environ={"METRICS_ALLOW": "192.0.2.0/24, 2001:db8::1 ,"})
    assert [str(network) for network in settings.metrics_allow] == ["192.0.2.0/24", "2001:db8::1/128"]
    assert any(network.is_loopback for network in load().metrics_allow)
    assert all(network.is_private for network in load().metrics_allow)
    for wrong in ("everyone", "10.0.0.0/33", "10.0.0", "127.0.0.1;::1"):
        with pytest.raises(StartupError, match="METRICS_ALLOW: .* is not a list of addresses and networks"):
            load(environ={"METRICS_ALLOW": wrong})


def test_words_are_taken_in_either_case():
    assert load(environ={"LOG_FORMAT": "JSON", "LOG_LEVEL": " Debug "}).log_format == "json"
    with pytest.raises(StartupError, match="LOG_LEVEL: 'loud' is not debug, info, warning or error"):
        load(environ={"LOG_LEVEL": "loud"})


def test_trusted_proxies_are_addresses_and_networks():
    listed = load(environ={"TRUSTED_PROXIES": " 127.0.0.1,10.1.0.0/16, 2001:db8::/32 ,"}).trusted_proxies
    assert [str(each) for each in listed] == ["127.0.0.1/32", "10.1.0.0/16", "2001:db8::/32"]
    assert load().trusted_proxies == ()
    for value in ("localhost", "10.1.2.3/16", "10.0.0.0/33", "*", "10.0.0.1 10.0.0.2"):
        with pytest.raises(StartupError, match="TRUSTED_PROXIES: .* is not a list of addresses and networks like"):
            load(environ={"TRUSTED_PROXIES": value})


def test_allowed_hosts_are_names_as_browsers_send_them():
    settings = load(environ={"ALLOWED_HOSTS": "Quiz.example.org, quiz.bücher.example,"})
    assert settings.allowed_hosts == {"quiz.example.org", "quiz.xn--bcher-kva.example"}
    assert load(environ={"ALLOWED_HOSTS": "*"}).allowed_hosts == {"*"}
    for value in ("https://a.example", "a.example:80", "*.example.org", "a b", "a..b", "[::1]", "x" * 70):
        with pytest.raises(StartupError, match="ALLOWED_HOSTS: .* is not a list like"):
            load(environ={"ALLOWED_HOSTS": value})
