"""Settings, read from the environment (or a `.env` file) once, when the app is made."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from dotenv import load_dotenv
from limits import parse_many
from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class LanguageModel:
    """A model that writes training data, and how much of it is asked.

    `base_url` is that of an API like OpenAI's, without `/chat/completions`. Prices are in US dollars for a million
    tokens, None where they aren't known. `concurrency` is how many requests a worker makes at a time.
    """

    base_url: str
    model: str
    api_key: str = field(default="", repr=False)
    price_input: Decimal | None = None
    price_output: Decimal | None = None
    timeout_seconds: float = 120
    concurrency: int = 4
    pairs_per_passage: int = 6
    max_tokens_per_document: int = 1_000_000

    @classmethod
    def from_environment(cls) -> LanguageModel | None:
        """The model that the environment names, None without one. Raises ValueError with the setting's name."""
        if not os.environ.get("LLM_BASE_URL", "").strip():
            return None
        price_input, price_output = _price("LLM_PRICE_INPUT"), _price("LLM_PRICE_OUTPUT")
        if (price_input is None) != (price_output is None):
            raise ValueError("LLM_PRICE_INPUT and LLM_PRICE_OUTPUT must be set together, or neither of them.")
        return cls(
            base_url=_base_url("LLM_BASE_URL"),
            model=_model("LLM_MODEL"),
            api_key=_key("LLM_API_KEY"),
            price_input=price_input,
            price_output=price_output,
            timeout_seconds=_number_within("LLM_TIMEOUT_SECONDS", 120, 1, 3600),
            concurrency=_number_within("LLM_CONCURRENCY", 4, 1, 64),
            pairs_per_passage=_number_within("LLM_PAIRS_PER_PASSAGE", 6, 1, 50),
            max_tokens_per_document=_number_within("LLM_MAX_TOKENS_PER_DOCUMENT", 1_000_000, 1000, 10**12),
        )


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
    language_model: LanguageModel | None = None
    chunk_rows: int = 50_000
    lease_seconds: int = 30
    pulse_seconds: int = 5
    testing: bool = False
    secure_cookies: bool = False
    sign_in_limit: str = "10 per minute; 50 per hour"
    hash_method: str = "scrypt"
    """How passwords are kept; Werkzeug's name for it."""
    api_read_limit: str = "30000 per minute"
    api_write_limit: str = "6000 per minute"
    api_repeat_seconds: float = 0.1
    extra: dict[str, object] = field(default_factory=dict)

    @classmethod
    def from_environment(cls) -> Config:
        """Read the environment; make the data folder and the secret key where they are missing.

        Raises ValueError when a setting can't be what it is, with its name.
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
            language_model=LanguageModel.from_environment(),
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
            "hash_method": "scrypt:1024:8:1",  # the usual cost is a sixth of a second for each password
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


def _number_within(name: str, default: int, least: int, most: int) -> int:
    number = _number(name, default)
    if not least <= number <= most:
        raise ValueError(f"{name} must be from {least} to {most}, but it is {number}.")
    return number


def _price(name: str) -> Decimal | None:
    text = os.environ.get(name, "").strip()
    try:
        price = Decimal(text) if text else None
    except InvalidOperation:
        price = Decimal("NaN")
    if price is not None and not (price.is_finite() and price >= 0):
        raise ValueError(f"{name} must be dollars for a million tokens, such as 0.15, but it is {text!r}.")
    return price


def _base_url(name: str) -> str:
    """Not shown when it is wrong: it may hold a password."""
    text = os.environ.get(name, "").strip().rstrip("/").removesuffix("/chat/completions")
    try:
        url = parse_url(text)
    except LocationParseError:
        url = Url()
    if url.scheme not in ("http", "https") or not url.host or url.query or url.fragment:
        raise ValueError(f"{name} must be an address such as https://api.example.com/v1.")
    if url.auth:
        raise ValueError(f"{name} must not hold a name or password: put the key into LLM_API_KEY.")
    return text


def _model(name: str) -> str:
    text = os.environ.get(name, "").strip()
    if not 0 < len(text) <= 200:
        raise ValueError(f"{name} must name the model (at most 200 characters), since LLM_BASE_URL is set.")
    return text


def _key(name: str) -> str:
    """Not shown when it is wrong."""
    text = os.environ.get(name, "").strip()
    if any(not "!" <= character <= "~" for character in text):
        raise ValueError(f"{name} must consist of ASCII letters, digits and signs, without spaces.")
    return text
