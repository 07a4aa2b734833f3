"""Settings from the environment."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from config import MEBIBYTE, Config

NAMES = (
    "PORTAL_SECRET_KEY",
    "DATABASE_URL",
    "HUEY_URL",
    "STORAGE_URL",
    "PORTAL_IMPORTERS",
    "PORTAL_MAX_UPLOAD_MB",
    "PORTAL_URL_ALLOW",
    "PORTAL_API_READ_LIMIT",
    "PORTAL_API_WRITE_LIMIT",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def test_everything_is_below_the_data_folder_by_default(folder: Path) -> None:
    config = Config.from_environment()
    assert (config.data_dir, config.max_upload_bytes, config.importers) == (folder, 4096 * MEBIBYTE, ())
    assert (config.database_url, config.huey_url, config.storage_url) == (
        f"sqlite:///{folder}/portal.db",
        f"sqlite:///{folder}/queue.db",
        f"file://{folder}/files",
    )


def test_the_secret_key_is_made_once_and_kept_from_others(folder: Path) -> None:
    first = Config.from_environment().secret_key
    assert len(first) == 64
    assert Config.from_environment().secret_key == first
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600


def test_the_environment_says_otherwise(folder: Path, monkeypatch) -> None:
    monkeypatch.setenv("PORTAL_SECRET_KEY", "mine")
    monkeypatch.setenv("PORTAL_IMPORTERS", "shop.importers, ./own.py,")
    monkeypatch.setenv("PORTAL_MAX_UPLOAD_MB", "2")
    monkeypatch.setenv("PORTAL_URL_ALLOW", "data.example.com, *.example.org:8443")
    config = Config.from_environment()
    assert (config.secret_key, config.importers) == ("mine", ("shop.importers", "./own.py"))
    assert config.url_allow == ("data.example.com", "*.example.org:8443")
    assert config.flask_settings()["MAX_CONTENT_LENGTH"] == 3 * MEBIBYTE
    assert not (folder / "secret_key").exists()


def test_a_number_that_is_none_is_named(folder: Path, monkeypatch) -> None:
    monkeypatch.setenv("PORTAL_MAX_UPLOAD_MB", "lots")
    with pytest.raises(ValueError, match="PORTAL_MAX_UPLOAD_MB must be a whole number, but it is 'lots'"):
        Config.from_environment()


def test_how_often_programs_may_ask(folder: Path, monkeypatch) -> None:
    assert Config.from_environment().api_read_limit == "30000 per minute"
    monkeypatch.setenv("PORTAL_API_READ_LIMIT", "600/minute")
    assert Config.from_environment().api_read_limit == "600/minute"
    monkeypatch.setenv("PORTAL_API_WRITE_LIMIT", "often")
    with pytest.raises(ValueError, match="PORTAL_API_WRITE_LIMIT must be written as “600 per minute”"):
        Config.from_environment()
