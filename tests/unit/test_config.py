"""Settings from the environment."""

from __future__ import annotations

import stat
from decimal import Decimal
from pathlib import Path

import pytest

from config import MEBIBYTE, Config, LanguageModel

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
    "LLM_BASE_URL",
    "LLM_API_KEY",
    "LLM_MODEL",
    "LLM_PRICE_INPUT",
    "LLM_PRICE_OUTPUT",
    "LLM_TIMEOUT_SECONDS",
    "LLM_CONCURRENCY",
    "LLM_PAIRS_PER_PASSAGE",
    "LLM_MAX_TOKENS_PER_DOCUMENT",
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


def test_no_language_model_unless_one_is_named(folder: Path, monkeypatch) -> None:
    monkeypatch.setenv("LLM_API_KEY", "sk-of-another-program")
    assert Config.from_environment().language_model is None


def test_a_language_model(folder: Path, monkeypatch) -> None:
    monkeypatch.setenv("LLM_BASE_URL", "http://10.0.0.7:8080/v1/chat/completions")
    monkeypatch.setenv("LLM_MODEL", "small")
    monkeypatch.setenv("LLM_API_KEY", "sk-secret")
    monkeypatch.setenv("LLM_PRICE_INPUT", "0.15")
    monkeypatch.setenv("LLM_PRICE_OUTPUT", "0.60")
    monkeypatch.setenv("LLM_CONCURRENCY", "2")
    config = Config.from_environment()
    prices = {"price_input": Decimal("0.15"), "price_output": Decimal("0.60")}
    expected = LanguageModel("http://10.0.0.7:8080/v1", "small", "sk-secret", **prices, concurrency=2)
    assert config.language_model == expected
    assert "sk-secret" not in repr(config)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"LLM_MODEL": ""}, "LLM_MODEL must name the model"),
        ({"LLM_MODEL": "m" * 201}, "LLM_MODEL must name the model"),
        ({"LLM_BASE_URL": "api.example.com"}, "LLM_BASE_URL must be an address such as https://api.example.com/v1."),
        ({"LLM_BASE_URL": "ftp://api.example.com"}, "LLM_BASE_URL must be an address"),
        ({"LLM_BASE_URL": "http://["}, "LLM_BASE_URL must be an address"),
        ({"LLM_BASE_URL": "https://api.example.com/v1?key=hidden"}, "LLM_BASE_URL must be an address"),
        ({"LLM_BASE_URL": "https://me:hidden@api.example.com"}, "LLM_BASE_URL must not hold a name or password"),
        ({"LLM_API_KEY": "hidden\nX: y"}, "LLM_API_KEY must consist of ASCII"),
        ({"LLM_PRICE_INPUT": "0.15"}, "LLM_PRICE_INPUT and LLM_PRICE_OUTPUT must be set together"),
        ({"LLM_PRICE_INPUT": "cheap"}, "LLM_PRICE_INPUT must be dollars for a million tokens"),
        ({"LLM_PRICE_OUTPUT": "-1"}, "LLM_PRICE_OUTPUT must be dollars"),
        ({"LLM_PRICE_OUTPUT": "Infinity"}, "LLM_PRICE_OUTPUT must be dollars"),
        ({"LLM_CONCURRENCY": "0"}, "LLM_CONCURRENCY must be from 1 to 64, but it is 0."),
        ({"LLM_TIMEOUT_SECONDS": "soon"}, "LLM_TIMEOUT_SECONDS must be a whole number"),
        ({"LLM_PAIRS_PER_PASSAGE": "51"}, "LLM_PAIRS_PER_PASSAGE must be from 1 to 50"),
        ({"LLM_MAX_TOKENS_PER_DOCUMENT": "10"}, "LLM_MAX_TOKENS_PER_DOCUMENT must be from 1000"),
    ],
)
def test_what_is_wrong_with_a_language_model_is_named(folder: Path, monkeypatch, settings, message: str) -> None:
    for name, value in ({"LLM_BASE_URL": "https://api.example.com/v1", "LLM_MODEL": "small"} | settings).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=message) as raised:
        Config.from_environment()
    assert "hidden" not in str(raised.value)
