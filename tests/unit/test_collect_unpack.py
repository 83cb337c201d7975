"""Unpacking: what was served comes out whole, or it is refused before it hurts."""

from __future__ import annotations

import gzip
import io
import struct
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn.collect.unpack import UnreadableError, unpack


def zipped(*contents):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"../../list{number}.txt", content)
    return buffer.getvalue()


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4))
def test_gzip_members_one_after_another_are_one_list(parts):
    assert unpack(b"".join(gzip.compress(part) for part in parts)) == b"".join(parts)


@given(st.binary())
def test_anything_is_unpacked_or_refused(content):
    for head in (b"", b"\x1f\x8b", b"PK\x03\x04"):
        try:
            unpack(head + content)
        except UnreadableError:
            continue


def test_a_zip_of_one_file_is_that_file():
    assert unpack(zipped(b"a.example\n")) == b"a.example\n"
    with pytest.raises(UnreadableError, match="2 files"):
        unpack(zipped(b"a", b"b"))


def test_a_zip_member_without_a_name_is_refused_and_not_stumbled_over():
    content = bytearray(zipped(b"a.example\n"))
    name, directory = b"../../list0.txt", content.index(b"PK\x01\x02")
    lengths = slice(directory + 28, directory + 34)  # of the member's name, its extra field and its comment
    assert content[lengths] == struct.pack("<HHH", len(name), 0, 0)
    content[lengths] = struct.pack("<HHH", 0, 0, len(name))  # what was the name is a comment
    with pytest.raises(UnreadableError):
        unpack(bytes(content))


@pytest.mark.parametrize("cut", [1, 8, 20])
def test_a_list_that_is_cut_off_is_refused(cut):
    content = b"".join(b"name%d.example\n" % i for i in range(1000))
    with pytest.raises(UnreadableError, match="cut off"):
        unpack(gzip.compress(content)[:-cut])
    with pytest.raises(UnreadableError):
        unpack(zipped(content)[:-cut])


@pytest.mark.parametrize("pack", [gzip.compress, zipped])
def test_a_bomb_is_stopped_while_it_grows(pack):
    bomb = pack(bytes(100 << 20))
    tracemalloc.start()
    with pytest.raises(UnreadableError, match="this is no list"):
        unpack(bomb)
    assert tracemalloc.get_traced_memory()[1] < 60 << 20
    tracemalloc.stop()
