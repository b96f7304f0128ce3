"""The secret that signs tokens, kept in the data folder: whole, private, and never replaced."""

import os
import pwd
import resource
import stat
import threading

import pytest

from quizzler.errors import StartupError
from quizzler.store.kept_secret import kept_secret


def test_made_once_and_private(tmp_path):
    secret = kept_secret(tmp_path / "data")
    [file] = (tmp_path / "data").iterdir()
    assert len(secret) >= 32 and file.read_text() == secret
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert kept_secret(tmp_path / "data") == secret


def test_full_disk_at_the_first_start_leaves_nothing_in_the_way(tmp_path):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with pytest.raises(StartupError, match="jwt_secret cannot be used: File too large"):
            kept_secret(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert len(kept_secret(tmp_path)) >= 32


@pytest.mark.parametrize("left", ["", "\n", "\0" * 64])
def test_empty_file_of_an_earlier_crash_is_made_anew(tmp_path, left):
    (tmp_path / "jwt_secret").write_text(left)
    secret = kept_secret(tmp_path)
    assert len(secret) >= 32 and kept_secret(tmp_path) == secret
    assert [path.name for path in tmp_path.iterdir()] == ["jwt_secret"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes something in a folder of somebody else's")
def test_belongs_to_whose_folder_it_is(tmp_path):
    service = pwd.getpwnam("nobody")
    os.chown(tmp_path, service.pw_uid, service.pw_gid)
    kept_secret(tmp_path)
    assert (tmp_path / "jwt_secret").stat().st_uid == service.pw_uid


def test_servers_that_start_at_once_agree(tmp_path):
    for number in range(100):
        folder, found = tmp_path / str(number), []
        folder.mkdir()
        (folder / "jwt_secret").touch()
        threads = [threading.Thread(target=lambda: found.append(kept_secret(folder))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 8 and len(set(found)) == 1


def test_that_was_damaged(tmp_path):
    (tmp_path / "jwt_secret").write_text("short")
    with pytest.raises(StartupError, match="too short: remove the file"):
        kept_secret(tmp_path)
    assert (tmp_path / "jwt_secret").read_text() == "short"
