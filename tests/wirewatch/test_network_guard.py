"""Which addresses may be reached: decided on the address alone."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirewatch.errors import RefusedAddressError
from wirewatch.network import PERMITTED, Guard, host_of, user_agent

REFUSED = [
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "loopback"),
    ("::1", "loopback"),
    ("10.0.0.1", "private"),
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private"),
    ("192.168.1.1", "private"),
    ("fd12:3456::1", "private"),
    ("fec0::1", "private"),
    ("169.254.1.1", "link-local"),
    ("fe80::1", "link-local"),
    ("fe80::1%eth0", "link-local"),
    ("169.254.169.254", "metadata"),
    ("169.254.170.2", "metadata"),
    ("168.63.129.16", "metadata"),
    ("100.100.100.200", "metadata"),
    ("192.0.0.192", "metadata"),
    ("fd00:ec2::254", "metadata"),
    ("100.64.0.1", "shared"),
    ("100.127.255.255", "shared"),
    ("224.0.0.1", "multicast"),
    ("239.255.255.255", "multicast"),
    ("ff02::1", "multicast"),
    ("0.0.0.0", "unspecified"),  # noqa: S104 - nothing is bound
    ("::", "unspecified"),
    ("0.1.2.3", "reserved"),
    ("192.0.2.1", "reserved"),
    ("198.18.0.1", "reserved"),
    ("198.51.100.7", "reserved"),
    ("203.0.113.7", "reserved"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "reserved"),
    ("2001:db8::1", "reserved"),
    ("100::1", "reserved"),
    ("5f00::1", "reserved"),
    ("3fff::1", "reserved"),
    ("192.88.99.1", "6to4"),
    ("2002:7f00:1::", "6to4"),
    ("2002:0808:0808::1", "6to4"),
    ("::ffff:127.0.0.1", "mapped"),
    ("::ffff:8.8.8.8", "mapped"),
    ("::ffff:0:10.0.0.1", "mapped"),
    ("::127.0.0.1", "mapped"),
    ("64:ff9b::169.254.169.254", "nat64"),
    ("64:ff9b::808:808", "nat64"),
    ("64:ff9b:1::1", "nat64"),
    ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "teredo"),
]


@pytest.mark.parametrize(("address", "reason"), REFUSED)
def test_refuses_what_is_not_the_public_internet_and_says_why(address: str, reason: str) -> None:
    assert Guard().verdict(address) == reason


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00::1"]
)
def test_permits_the_public_internet(address: str) -> None:
    assert Guard().verdict(address) == "public"


@pytest.mark.parametrize(
    "notation",
    [
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        " 127.0.0.1",
        "",
        "localhost",
    ],
)
def test_an_odd_notation_is_no_address(notation: str) -> None:
    assert Guard().verdict(notation) == "no address"


def test_permits_a_network_that_is_listed_and_nothing_beside_it() -> None:
    guard = Guard([ip_network("10.1.0.0/16")])
    assert guard.verdict("10.1.2.3") == "listed"
    assert guard.verdict("10.2.0.1") == "private"
    assert guard.verdict("::ffff:10.1.2.3") == "mapped"


def test_a_listed_translating_prefix_leads_to_permitted_addresses_alone() -> None:
    guard = Guard([ip_network("64:ff9b::/96"), ip_network("2002::/16")])
    assert guard.verdict("64:ff9b::8.8.8.8") == "listed"
    assert guard.verdict("64:ff9b::169.254.169.254") == "metadata"
    assert guard.verdict("2002:7f00:1::") == "loopback"


def test_an_error_names_host_and_reason() -> None:
    with pytest.raises(RefusedAddressError, match=r"intranet\.example is refused: its address is private"):
        Guard().check("intranet.example", "10.0.0.1")


def test_nobody_is_advised_to_open_a_metadata_service() -> None:
    with pytest.raises(RefusedAddressError, match=r"metadata service, which gives out credentials$"):
        Guard().check("feeds.example", "169.254.169.254")


@settings(deadline=None)
@given(st.ip_addresses())
def test_every_address_that_is_permitted_is_global_to_python_too(address: IPv4Address | IPv6Address) -> None:
    if Guard().verdict(address) in PERMITTED:
        assert address.is_global
        assert not address.is_multicast


@settings(deadline=None)
@given(st.ip_addresses(v=4))
def test_no_ipv6_spelling_of_an_ipv4_address_is_permitted(address: IPv4Address) -> None:
    number = int(address)
    spellings = [
        IPv6Address(number),
        IPv6Address((0xFFFF << 32) | number),
        IPv6Address((0x64FF9B << 96) | number),
        IPv6Address((0x2002 << 112) | (number << 80) | 1),
    ]
    assert not [spelling for spelling in spellings if Guard().verdict(spelling) in PERMITTED]


@settings(deadline=None)
@given(st.text(max_size=30))
def test_no_text_is_permitted_that_the_system_would_read_as_a_refused_address(text: str) -> None:
    if Guard().verdict(text) not in PERMITTED:
        return
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    packed = socket.inet_pton(family, text)
    assert Guard().verdict(ip_address(packed)) in PERMITTED


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://key:pass@hooks.example/T0/secret?token=1", "hooks.example"),
        ("http://[::1]:80/x", "::1"),
        ("http://[broken/x", "(no host)"),
        ("nonsense", "(no host)"),
    ],
)
def test_only_the_host_of_a_url_is_shown(url: str, host: str) -> None:
    assert host_of(url) == host


def test_names_product_version_and_contact() -> None:
    assert user_agent("0.1.0", "news@example.org") == "Wirewatch/0.1.0 (+news@example.org)"
    assert user_agent("0.1.0", None) == "Wirewatch/0.1.0"
