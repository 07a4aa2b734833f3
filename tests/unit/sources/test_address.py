"""Addresses of sources: what is taken, what people see of them, what the environment fills in."""

from __future__ import annotations

import pytest

from portal.sources import Address, SourceProblem


@pytest.mark.parametrize(
    ("text", "kind", "shown", "filename"),
    [
        ("/srv/drop/orders.csv", "Server path", "/srv/drop/orders.csv", "orders.csv"),
        ("/srv/drop/orders-*.csv", "Server path", "/srv/drop/orders-*.csv", "orders-*.csv"),
        ("https://example.com/a/orders.csv", "URL", "https://example.com/a/orders.csv", "orders.csv"),
        ("https://ann:secret@example.com:8443/o.csv", "URL", "https://example.com:8443/o.csv", "o.csv"),
        ("https://example.com/o.csv?token=secret#secret", "URL", "https://example.com/o.csv?…", "o.csv"),
        ("https://example.com", "URL", "https://example.com", "source"),
        ("https://example.com/my%20orders.csv", "URL", "https://example.com/my%20orders.csv", "my orders.csv"),
        ("http://[::1]:8000/o.csv", "URL", "http://[::1]:8000/o.csv", "o.csv"),
        ("S3://bucket/a/orders-?.csv", "S3", "s3://bucket/a/orders-?.csv", "orders-?.csv"),
        ("sftp://ann:${PASSWORD}@files.example.com/in/o.csv", "SFTP", "sftp://files.example.com/in/o.csv", "o.csv"),
        ("ftp://ann:secret@files.example.com", "FTP", "ftp://files.example.com", "source"),
        ("memory://a.csv", "memory", "memory://a.csv", "source"),
        ("file:///srv/o.csv", "Server path", "file:///srv/o.csv", "o.csv"),
    ],
)
def test_what_people_are_shown(text: str, kind: str, shown: str, filename: str) -> None:
    address = Address.parse(text)
    assert (address.kind, address.shown, address.filename) == (kind, shown, filename)
    assert "secret" not in repr(address)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (" ", "it is empty"),
        ("/srv/a\x00b", "it is empty or has characters that can't be printed"),
        ("orders.csv", "a path must be absolute"),
        ("../orders.csv", "a path must be absolute"),
        ("gopher://example.com/o.csv", "gopher:// are of a kind that isn't known"),
        ("https:///o.csv", "its host can't be read"),
        ("https://ann:se@cret@example.com:x/o.csv", "its host can't be read"),
        ("sftp://ann:se/cret@example.com/o.csv", "its host can't be read"),
        ("zip://o.csv::https://10.0.0.1/o.zip", "it is a chain of addresses"),
        ("s3://bucket/o.zip::http://10.0.0.1/", "it is a chain of addresses"),
    ],
)
def test_what_is_no_address_is_refused_without_its_secrets(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as refused:
        Address.parse(text)
    assert "cret" not in str(refused.value)


def test_the_environment_fills_in_what_must_not_stand_in_code() -> None:
    address = Address.parse("sftp://${FTP_USER}:%3F${FTP_PASSWORD}@${FTP_HOST}/in/${FTP_FOLDER}/o.csv")
    values = {"FTP_USER": "ann", "FTP_PASSWORD": "p@ss/word", "FTP_HOST": "files.example.com", "FTP_FOLDER": "new"}
    assert address.expanded(values) == "sftp://files.example.com/in/new/o.csv"
    assert address.credentials(values) == ("ann", "?p@ss/word")
    assert address.shown == "sftp://${FTP_HOST}/in/${FTP_FOLDER}/o.csv"
    path = Address.parse("/srv/${FTP_FOLDER}/o@b.csv")
    assert (path.expanded(values), path.credentials(values)) == ("/srv/new/o@b.csv", None)
    with pytest.raises(SourceProblem, match="needs the variable FTP_HOST, which isn't set"):
        address.expanded({})
    with pytest.raises(SourceProblem, match="needs the variable FTP_USER, which isn't set"):
        address.credentials({})
