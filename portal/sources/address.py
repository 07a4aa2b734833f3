"""Where an importer's file is: what its author wrote, what people are shown of it, what a program needs. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import unquote

import fsspec

from portal.sources.problems import SourceProblem

WEB = frozenset({"http", "https"})
KINDS = {
    "": "Server path",
    "file": "Server path",
    "local": "Server path",
    "http": "URL",
    "https": "URL",
    "s3": "S3",
    "s3a": "S3",
    "sftp": "SFTP",
    "ssh": "SFTP",
    "ftp": "FTP",
}
PARTS = re.compile(
    r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*)://((?P<user>[^/?#]*)@)?(?P<host>[^/?#@]*)(?P<path>[^?#]*)(?P<query>.*)"
)
PORT = re.compile(r"[^:\[\]]*(:\d+)?|\[[^\]]*\](:\d+)?")
IPV6 = re.compile(r"\[[^\]]*\]")
VARIABLE = re.compile(r"\$\{(\w+)\}")
NAME_LENGTH = 200


@dataclass(frozen=True)
class Address:
    """The address of one file: `/srv/drop/orders.csv`, `https://...`, `s3://...`, `sftp://...`, `ftp://...` or any
    other that fsspec knows (https://filesystem-spec.readthedocs.io/en/latest/api.html#other-known-implementations).

    `${NAME}` in it stands for a variable of the environment, read when the file is fetched. In a path or a store,
    `*`, `?` and `[...]` stand for any characters as in a shell; the newest file that fits is meant.
    """

    text: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Address:
        """Raises ValueError with what is wrong with `text`, without a secret that it may hold."""
        address = cls(text)
        if not text.strip() or not text.isprintable():
            raise ValueError("it is empty or has characters that can't be printed")
        if not address.is_web and "::" in IPV6.sub("", text):
            raise ValueError("it is a chain of addresses, and only one is taken")
        if not address.scheme and not text.startswith("/"):
            raise ValueError("a path must be absolute, as /srv/drop/orders.csv")
        if address.scheme and address.scheme not in WEB and address.scheme not in fsspec.available_protocols():
            raise ValueError(f"addresses that begin with {address.scheme}:// are of a kind that isn't known")
        if (address.is_web and not address.host) or not PORT.fullmatch(VARIABLE.sub("", address.host)):
            raise ValueError("its host can't be read: user and password must be percent-encoded, the port a number")
        return address

    @property
    def scheme(self) -> str:
        """In lower case; empty for a path."""
        return self._part("scheme").lower()

    @property
    def host(self) -> str:
        """With the port where one is given; the bucket of a store; empty for a path."""
        return self._part("host")

    @property
    def path(self) -> str:
        if not self.scheme:
            return self.text
        return self._part("path") + ("" if self.is_web else self._part("query"))  # there a ? stands for a character

    @property
    def is_web(self) -> bool:
        return self.scheme in WEB

    @property
    def kind(self) -> str:
        """A word for lists: "URL", "S3", "Server path"."""
        return KINDS.get(self.scheme, self.scheme)

    @property
    def shown(self) -> str:
        """The address for people: without user, password, query and fragment, any of which may hold a secret."""
        if not self.scheme:
            return self.text
        secret = "?…" if self.is_web and self._part("query") else ""
        return f"{self.scheme}://{self.host}{self.path}{secret}"

    @property
    def filename(self) -> str:
        """What the file is likely called."""
        return file_name(unquote(self.path) if self.is_web else self.path)

    def expanded(self, environ: Mapping[str, str]) -> str:
        """The address with the values of `environ` in place of `${NAME}`, without user and password.

        Raises SourceProblem when a variable isn't set.
        """
        user = self._part("user")
        return _filled(self.text.replace(f"//{user}@", "//", 1) if user else self.text, environ)

    def credentials(self, environ: Mapping[str, str]) -> tuple[str, str] | None:
        """User and password, filled in likewise and percent-decoded where they are written out."""
        if not self._part("user"):
            return None
        user, _, password = self._part("user").partition(":")
        return _filled(unquote(user), environ), _filled(unquote(password), environ)

    def _part(self, name: str) -> str:
        match = PARTS.fullmatch(self.text)
        return (match[name] or "") if match else ""


def file_name(path: str) -> str:
    """The last part of `path` without control characters, at most 200 characters; never empty."""
    printable = "".join(letter for letter in PurePosixPath(path).name if letter.isprintable()).strip()
    return printable[-NAME_LENGTH:] or "source"


def _filled(text: str, environ: Mapping[str, str]) -> str:
    def value_of(match: re.Match[str]) -> str:
        value = environ.get(match[1])
        if value is None:
            raise SourceProblem(
                f"The importer's source needs the variable {match[1]}, which isn't set.",
                f"Ask your administrator to set {match[1]} in the environment of the workers.",
            )
        return value

    return VARIABLE.sub(value_of, text)
