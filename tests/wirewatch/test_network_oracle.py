"""The guard beside another project's: what one of the two refuses, ours refuses."""

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ssrfguard import Policy

from wirewatch.network import PERMITTED, Guard

THEIRS = Policy()
# Where each special range begins and ends, and who is next to it.
EDGES = [
    edge
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96",
        "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "fc00::/7", "fe80::/10",
        "fec0::/10", "ff00::/8",
    )
    for edge in (ip_network(network)[0] - 1 if int(ip_network(network)[0]) else ip_network(network)[0],
                 ip_network(network)[0], ip_network(network)[-1],
                 ip_network(network)[-1] + 1 if int(ip_network(network)[-1]) + 1 < 2 ** ip_network(network).max_prefixlen
                 else ip_network(network)[-1])
]  # fmt: skip


@pytest.mark.parametrize("address", EDGES, ids=str)
def test_an_edge_that_the_other_refuses_is_refused(address: IPv4Address | IPv6Address) -> None:
    if not THEIRS.permits_address(address):
        assert Guard().verdict(address) not in PERMITTED


@settings(deadline=None)
@given(st.ip_addresses())
def test_what_the_other_refuses_is_refused(address: IPv4Address | IPv6Address) -> None:
    if not THEIRS.permits_address(address):
        assert Guard().verdict(address) not in PERMITTED


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254", "168.63.129.16", "100.64.0.1", "100.100.100.200", "fd00:ec2::254", "64:ff9b::a9fe:a9fe",
        "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "fec0::1", "::ffff:169.254.169.254", "::ffff:7f00:1",
        "::127.0.0.1", "::1", "fe80::1",
    ],
)  # fmt: skip
def test_what_leads_to_a_metadata_service_or_this_machine_is_refused_by_both(address: str) -> None:
    assert Guard().verdict(address) not in PERMITTED
    # Azure's own address is public by every registry: only a list of such services knows it.
    assert address == "168.63.129.16" or not THEIRS.permits_address(address)
