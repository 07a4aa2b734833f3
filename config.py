"""Settings, read from the environment (or a `.env` file) once, when the app is made."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import load_dotenv
from limits import parse_many

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Config:
    """All settings of one portal. Names are those of the environment, where they come from there.

    Sizes are in bytes, times in seconds.
    """

    data_dir: Path
    secret_key: str
    database_url: str
    huey_url: str
    storage_url: str
    importers: tuple[str, ...] = ()
    databases: dict[str, str] = field(default_factory=dict)
    max_upload_bytes: int = 4096 * MEBIBYTE
    url_allow: tuple[str, ...] = ()
    chunk_rows: int = 50_000
    lease_seconds: int = 30
    pulse_seconds: int = 5
    testing: bool = False
    secure_cookies: bool = False
    sign_in_limit: str = "10 per minute; 50 per hour"
    api_read_limit: str = "30000 per minute"
    api_write_limit: str = "6000 per minute"
    api_repeat_seconds: float = 0.1
    extra: dict[str, object] = field(default_factory=dict)

    @classmethod
    def from_environment(cls) -> Config:
        """Read the environment; make the data folder and the secret key where they are missing.

        Raises ValueError when a number isn't one, with the setting's name.
        """
        load_dotenv()
        data_dir = Path(os.environ.get("PORTAL_DATA_DIR", "instance")).resolve()
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cls(
            data_dir=data_dir,
            secret_key=os.environ.get("PORTAL_SECRET_KEY") or _kept_secret(data_dir),
            database_url=os.environ.get("DATABASE_URL") or f"sqlite:///{data_dir / 'portal.db'}",
            huey_url=os.environ.get("HUEY_URL") or f"sqlite:///{data_dir / 'queue.db'}",
            storage_url=os.environ.get("STORAGE_URL") or f"file://{data_dir / 'files'}",
            importers=_names(os.environ.get("PORTAL_IMPORTERS", "")),
            databases=_pairs("PORTAL_DATABASES"),
            max_upload_bytes=_number("PORTAL_MAX_UPLOAD_MB", 4096) * MEBIBYTE,
            url_allow=_names(os.environ.get("PORTAL_URL_ALLOW", "")),
            secure_cookies=os.environ.get("PORTAL_SECURE_COOKIES", "") == "1",
            api_read_limit=_rate("PORTAL_API_READ_LIMIT", cls.api_read_limit),
            api_write_limit=_rate("PORTAL_API_WRITE_LIMIT", cls.api_write_limit),
        )

    def flask_settings(self) -> dict[str, object]:
        """The names that Flask and its extensions read."""
        return {
            "SECRET_KEY": self.secret_key,
            "TESTING": self.testing,
            "MAX_CONTENT_LENGTH": self.max_upload_bytes + MEBIBYTE,  # the form's other fields need room too
            "MAX_FORM_MEMORY_SIZE": MEBIBYTE,
            "SESSION_COOKIE_NAME": "portal_session",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.secure_cookies,
            "WTF_CSRF_TIME_LIMIT": None,  # a page left open over night must still post
            "RATELIMIT_STORAGE_URI": self.huey_url if self.huey_url.startswith("redis") else "memory://",
            "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,  # people can sign in though Redis is away
            "RATELIMIT_HEADERS_ENABLED": True,
        }


@dataclass(frozen=True)
class TestConfig(Config):
    """Settings for tests: everything below one temporary folder."""

    __test__ = False  # pytest would collect it by its name

    @classmethod
    def below(cls, folder: Path, **changes: object) -> TestConfig:
        """A portal of its own below `folder`; `changes` override single settings."""
        values: dict[str, object] = {
            "data_dir": folder,
            "secret_key": "only-for-tests",
            "database_url": f"sqlite:///{folder / 'portal.db'}",
            "huey_url": f"sqlite:///{folder / 'queue.db'}",
            "storage_url": f"file://{folder / 'files'}",
            "testing": True,
            "api_repeat_seconds": 0,  # a test sees at once what it has changed behind the portal's back
        }
        return cls(**(values | changes))  # type: ignore[arg-type]


def _kept_secret(data_dir: Path) -> str:
    path = data_dir / "secret_key"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip()


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _pairs(name: str) -> dict[str, str]:
    """`first=address,second=address` as a dictionary."""
    pairs = [part.partition("=") for part in _names(os.environ.get(name, ""))]
    if any(not key or not value for key, _, value in pairs):
        raise ValueError(f"{name} must be written as name=address, several of them with commas between.")
    return {key.strip(): value.strip() for key, _, value in pairs}


def _rate(name: str, default: str) -> str:
    text = os.environ.get(name, "") or default
    try:
        parse_many(text)
    except ValueError:
        raise ValueError(f"{name} must be written as “600 per minute”, but it is {text!r}.") from None
    return text


def _number(name: str, default: int) -> int:
    text = os.environ.get(name, "")
    try:
        return int(text) if text else default
    except ValueError:
        raise ValueError(f"{name} must be a whole number, but it is {text!r}.") from None
