"""Who is asked by RDAP, and by which file: IANA's, the copy that was kept, or the snapshot that is shipped."""

import asyncio
import datetime as dt
import ipaddress
import json
import os
import time
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn.enrich.bootstrap import (
    KEPT_SECONDS,
    load_address_bootstrap,
    load_bootstrap,
    read_address_servers,
    read_servers,
    registrar_base,
    server_for,
    server_for_address,
)
from churn.enrich.talking.http_client import Fetched
from churn.errors import TerminalError, TransientError
from churn.outcomes import Outcome
from churn.settings import load_settings

DOWN = Fetched(Outcome.TIMEOUT)
LAB = "http://127.0.0.1:9/rdap/dns.json"


def file_of(**servers):
    """A bootstrap file: `example="https://a/"`."""
    return json.dumps({"version": "1.0", "services": [[[key], [url]] for key, url in servers.items()]}).encode()


@dataclass
class Web:
    """Stands in for the client where IANA would have to be asked: answers in their order, then the last again."""

    answers: list
    asked: list = field(default_factory=list)

    async def get(self, url):
        self.asked.append(url)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def load(folder, *answers, with_=load_bootstrap, **changes):
    web = Web([Fetched(Outcome.OK, answer) if isinstance(answer, bytes) else answer for answer in answers or [DOWN]])
    return asyncio.run(with_(load_settings(data=folder, **changes), web)), web.asked


def grow_old(folder, seconds):
    for path in (folder / "cache").iterdir():
        os.utime(path, (time.time() - seconds,) * 2)


def test_ianas_file_is_kept_for_two_days(tmp_path):
    first, asked = load(tmp_path, file_of(example="https://a/"))
    assert (dict(first.servers), first.remark, len(asked)) == ({"example": "https://a/"}, None, 1)
    assert abs(first.fetched_at.timestamp() - time.time()) < 60
    grow_old(tmp_path, KEPT_SECONDS - 600)
    again, asked = load(tmp_path, DOWN)
    assert (again.servers, asked) == (first.servers, [])
    grow_old(tmp_path, KEPT_SECONDS + 600)
    renewed, asked = load(tmp_path, file_of(example="https://b/"))
    assert (dict(renewed.servers), len(asked)) == ({"example": "https://b/"}, 1)


@pytest.mark.parametrize("answer", [DOWN, Fetched(Outcome.REFUSED, detail="HTTP 403"), b"<html>", b'{"services": [1]}'])
def test_an_old_copy_stands_in_and_is_said_to(tmp_path, answer):
    load(tmp_path, file_of(example="https://a/"))
    grow_old(tmp_path, 30 * 86400)
    found, _ = load(tmp_path, answer)
    assert dict(found.servers) == {"example": "https://a/"}
    assert f"the copy of {found.fetched_at:%Y-%m-%d} is used" in found.remark


def test_without_a_copy_the_snapshot_stands_in_and_is_said_to(tmp_path):
    found, _ = load(tmp_path)
    assert server_for(found.servers, "shop.com") == "https://rdap.verisign.com/com/v1/"
    assert len(found.servers) > 1_000
    assert found.fetched_at == dt.datetime(2024, 2, 7, tzinfo=dt.UTC)
    assert "snapshot" in found.source
    assert "timeout" in found.remark
    assert not (tmp_path / "cache").exists()  # the snapshot is no fetched file


def test_a_copy_that_can_not_be_read_is_none(tmp_path):
    load(tmp_path, file_of(example="https://a/"))
    for path in (tmp_path / "cache").iterdir():
        path.write_bytes(b"half a fi")
    assert dict(load(tmp_path, file_of(example="https://c/"))[0].servers) == {"example": "https://c/"}


@pytest.mark.parametrize("answer", [DOWN, b"<html>"])
def test_the_worlds_servers_never_stand_in_for_somebody_elses_file(tmp_path, answer):
    with pytest.raises(TransientError, match="CHURN_RDAP_BOOTSTRAP to a copy"):
        load(tmp_path, answer, rdap_bootstrap=LAB)
    with pytest.raises(TransientError, match="CHURN_RDAP_BOOTSTRAP_IPV6 to a copy"):
        load(tmp_path, answer, with_=load_address_bootstrap, rdap_bootstrap_ipv6=LAB)


def test_an_own_file_is_read_where_it_is(tmp_path):
    path = tmp_path / "dns.json"
    path.write_bytes(file_of(example="https://a/"))
    found, asked = load(tmp_path, rdap_bootstrap=str(path))
    assert (dict(found.servers), found.source, asked) == ({"example": "https://a/"}, str(path), [])
    with pytest.raises(TerminalError, match="No such file"):
        load(tmp_path, rdap_bootstrap=str(tmp_path / "none.json"))
    path.write_bytes(b"[]")
    with pytest.raises(TerminalError, match="RFC 9224"):
        load(tmp_path, rdap_bootstrap=str(path))


def test_servers_of_addresses_come_from_two_files(tmp_path):
    files = [file_of(**{"192.0.2.0/24": "https://a/"}), file_of(**{"2001:DB8::/32": "https://b"})]
    found, asked = load(tmp_path, *files, with_=load_address_bootstrap)
    assert [url.rpartition("/")[2] for url in asked] == ["ipv4.json", "ipv6.json"]
    assert dict(found.servers) == {"192.0.2.0/24": "https://a/", "2001:db8::/32": "https://b/"}
    assert found.remark is None


def test_the_snapshot_knows_the_five_registries(tmp_path):
    found, _ = load(tmp_path, with_=load_address_bootstrap)
    servers = {
        "41.0.0.1": "afrinic",
        "1.1.1.1": "apnic",
        "8.8.8.8": "arin",
        "193.0.6.139": "ripe",
        "200.3.14.10": "lacnic",
        "2c00::1": "afrinic",
        "2001:200::1": "apnic",
        "2606:4700::1": "arin",
        "2a00::1": "ripe",
        "2800::1": "lacnic",
    }
    for address, registry in servers.items():
        assert f".{registry}.net/" in server_for_address(found.servers, address)
    assert server_for_address(found.servers, "10.0.0.1") is None
    assert server_for_address(found.servers, "not an address") is None
    assert found.remark.count("snapshot") == 2


def test_a_service_that_is_not_well_is_left_out():
    services = [
        [["a"], []],
        [["b"], ["ftp://x/", "http://b", "https://b"]],
        [["C", 5], ["http://c/%%"]],
        [],
        [["d"]],
        7,
    ]
    raw = json.dumps({"services": [*services, [["e"], [None, "https://["]], [["f"], "https://f/"]]}).encode()
    assert dict(read_servers(raw)) == {"b": "https://b/", "c": "http://c/%%/"}
    prefixes = json.dumps({"services": [[["10.0.0.0/8", "10.0.0.1/8", "x"], ["https://a/"]]]}).encode()
    assert dict(read_address_servers(prefixes)) == {"10.0.0.0/8": "https://a/"}


@given(st.sets(st.integers(0, 32), max_size=6), st.ip_addresses(v=4))
def test_the_longest_prefix_has_the_address(lengths, address):
    prefixes = [ipaddress.ip_network(f"{address}/{length}", strict=False) for length in lengths]
    servers = {str(prefix): f"https://{prefix.prefixlen}/" for prefix in prefixes}
    expected = f"https://{max(lengths)}/" if lengths else None
    assert server_for_address(servers, str(address)) == expected


def test_registrars_by_their_id():
    assert registrar_base(2) == "https://rdap.networksolutions.com/rdap/"
    assert registrar_base(1) is None  # reserved
    assert registrar_base(-5) is None
