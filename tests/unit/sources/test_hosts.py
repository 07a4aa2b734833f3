"""Which hosts and addresses a web source may reach."""

from __future__ import annotations

import pytest

from portal.sources import AllowedHosts
from portal.sources.hosts import Permission, is_public

NO, BY_PATTERN, BY_NAME = Permission.NO, Permission.BY_PATTERN, Permission.BY_NAME
ALLOWED = AllowedHosts.named(
    ["data.example.com", "*.example.org", "files.example.com:8443", "127.0.0.1:8080", "[::1]:8080", "büro.example"]
)


@pytest.mark.parametrize(
    ("host", "port", "permission"),
    [
        ("data.example.com", 443, BY_NAME),
        ("DATA.Example.com.", 80, BY_NAME),
        ("data.example.com", 22, NO),
        ("example.com", 443, NO),
        ("notdata.example.com", 443, NO),
        ("a.data.example.com", 443, NO),
        ("a.example.org", 443, BY_PATTERN),
        ("a.b.example.org", 443, BY_PATTERN),
        ("example.org", 443, NO),
        ("evilexample.org", 443, NO),
        ("files.example.com", 8443, BY_NAME),
        ("files.example.com", 443, NO),
        ("127.0.0.1", 8080, BY_NAME),
        ("127.0.0.1", 80, NO),
        ("::1", 8080, BY_NAME),
        ("büro.example", 443, BY_NAME),
        ("xn--bro-hoa.example", 443, BY_NAME),
    ],
)
def test_hosts_are_allowed_by_name_port_and_pattern(host: str, port: int, permission: Permission) -> None:
    assert ALLOWED.permission(host, port) is permission
    assert AllowedHosts().permission(host, port) is NO


@pytest.mark.parametrize(
    "name", ["*", "*.", "https://example.com", "example.com/a", "a b", "a:b", "**.example.com", ""]
)
def test_what_names_no_host_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"PORTAL_URL_ALLOW: .* is neither a host"):
        AllowedHosts.named([name])


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "0.0.0.0"),  # noqa: S104 - refused
        *("255.255.255.255", "224.0.0.1", "240.0.0.1", "192.0.2.1", "198.18.0.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1", "2001:db8::1", "2001::1", "fec0::1"),
        *("::ffff:10.0.0.1", "::ffff:127.0.0.1", "::10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::808:808"),
        *("2002:a00:1::", "2002:7f00:1::1"),
    ],
)
def test_addresses_that_only_insiders_reach(address: str) -> None:
    assert not is_public(address)
    assert not ALLOWED.may_connect("a.example.org", 443, address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"])
def test_addresses_that_everyone_reaches(address: str) -> None:
    assert is_public(address)
    assert ALLOWED.may_connect("a.example.org", 443, address)
    assert not ALLOWED.may_connect("other.example.net", 443, address)


def test_a_host_that_is_named_exactly_may_be_inside_but_not_where_clouds_keep_their_secrets() -> None:
    for address in ("127.0.0.1", "10.0.0.1", "192.168.0.1", "fd00::1", "::ffff:10.0.0.1"):
        assert ALLOWED.may_connect("data.example.com", 443, address)
    for address in ("169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1", "64:ff9b::a9fe:a9fe"):  # noqa: S104 - refused
        assert not ALLOWED.may_connect("data.example.com", 443, address)
    named = AllowedHosts.named(["data.example.com", "169.254.1.1"])
    assert named.may_connect("data.example.com", 80, "169.254.1.1"), "the address itself is named"
