"""Signed messages: they verify here and with GnuPG, a rerun leaves their bytes, and a key that is no use is said so."""

from __future__ import annotations

import email
import email.policy
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pysequoia
import pytest
from test_packets_world import DAY, World, at, folder, run_world, settings_of, tree

from churn.errors import UsageError
from churn.packets import run
from churn.packets.signing import signed
from churn.settings import Settings

GPG = shutil.which("gpg")
OWNER = "Lab Desk <desk@hotline.example>"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A secret key without a passphrase."""
    path = tmp_path_factory.mktemp("key") / "desk.asc"
    path.write_text(str(pysequoia.Tsk.generate(OWNER)))
    return path


@pytest.fixture(scope="module")
def gpg() -> Iterator[Callable[..., subprocess.CompletedProcess[bytes]]]:
    """GnuPG with a home of its own; its path is short, since it holds sockets."""
    if not GPG:
        pytest.skip("no gpg here")
    with tempfile.TemporaryDirectory(prefix="gpg-", ignore_cleanup_errors=True) as home:
        environment = os.environ | {"GNUPGHOME": home}

        def call(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
            command = [str(GPG), "--batch", "--quiet", "--pinentry-mode", "loopback", *arguments]
            return subprocess.run(command, env=environment, capture_output=True, check=False, **options)

        yield call
        subprocess.run(["gpgconf", "--kill", "all"], env=environment, check=False)


def world(*domains: str) -> World:
    made = World()
    made.burst()
    for domain in domains:
        made.case(domain, registrar="Löwen | From here = on \t Ltd.   ")
    return made


def parts(raw: bytes) -> tuple[bytes, bytes]:
    """The bytes that are signed, and the signature, cut at the boundary: no parser in between."""
    boundary = email.message_from_bytes(raw, policy=email.policy.default).get_boundary()
    assert boundary is not None
    _, entity, signature, end = raw.split(b"\r\n--" + boundary.encode())
    assert end == b"--\r\n"
    return entity.removeprefix(b"\r\n"), signature.partition(b"\r\n\r\n")[2]


def holds(key: Path, entity: bytes, signature: bytes) -> bool:
    certificate = pysequoia.Tsk.from_file(str(key)).extract_certificate()
    try:
        pysequoia.verify(bytes=entity, store=lambda _: [certificate], signature=pysequoia.Sig.from_bytes(signature))
    except RuntimeError:
        return False
    return True


def written(data: Path) -> bytes:
    return (folder(data, 7) / "message.eml").read_bytes()


def test_a_signed_message_verifies_and_a_changed_one_does_not(tmp_path: Path, key: Path) -> None:
    run_world(world("one.example", "two.example"), tmp_path, packet_signing_key=key)
    entity, signature = parts(written(tmp_path))
    assert holds(key, entity, signature)
    assert not holds(key, entity.replace(b"one[.]example", b"two[.]example", 1), signature)


def test_a_signed_message_says_the_same_as_an_unsigned_one(tmp_path: Path, key: Path) -> None:
    run_world(world("one.example"), tmp_path / "a", packet_signing_key=key)
    run_world(world("one.example"), tmp_path / "b")
    drafts = [email.message_from_bytes(written(tmp_path / name), policy=email.policy.default) for name in ("a", "b")]
    assert [draft.defects for draft in drafts] == [[], []]
    assert [draft.get_content_type() for draft in drafts] == ["multipart/signed", "multipart/mixed"]
    assert drafts[0].get_param("protocol") == "application/pgp-signature"
    assert drafts[0].get_param("micalg") == "pgp-sha512"
    inner, signature = drafts[0].iter_parts()
    assert signature.get_content_type() == "application/pgp-signature"
    assert [part.get_content_type() for part in inner.walk()] == [part.get_content_type() for part in drafts[1].walk()]
    for name in ("From", "To", "Subject", "Message-ID", "X-Unsent"):
        assert drafts[0][name] == drafts[1][name]


def test_what_is_signed_survives_the_mail(tmp_path: Path, key: Path) -> None:
    run_world(world("one.example"), tmp_path, packet_signing_key=key)
    entity, _ = parts(written(tmp_path))
    lines = entity.split(b"\r\n")
    assert entity.isascii()
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) < 998
    assert not any(line.endswith((b" ", b"\t")) for line in lines)


def test_a_line_that_a_mailbox_would_change_is_quoted(key: Path) -> None:
    settings = Settings(packet_signing_key=key)
    content = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nFrom here\r\n"
    raw = signed(b"Subject: x\r\n", content, "=_b", settings)
    draft = email.message_from_bytes(raw, policy=email.policy.default)
    assert b"\r\nFrom " not in raw
    assert next(draft.iter_parts()).get_content().startswith("From here")
    assert holds(key, *parts(raw))


def test_gnupg_verifies_with_a_key_of_its_own_that_has_a_passphrase(tmp_path: Path, gpg: Any) -> None:
    gpg("--passphrase", "geheim", "--quick-gen-key", OWNER, "ed25519", "sign", "never")
    path = tmp_path / "desk.asc"
    path.write_bytes(gpg("--passphrase", "geheim", "--armor", "--export-secret-keys").stdout)
    run_world(world("one.example"), tmp_path, packet_signing_key=path, packet_signing_passphrase="geheim")
    entity, signature = parts(written(tmp_path))
    (tmp_path / "entity").write_bytes(entity)
    (tmp_path / "entity.asc").write_bytes(signature)
    verified = gpg("--status-fd", "1", "--verify", str(tmp_path / "entity.asc"), str(tmp_path / "entity"))
    assert (verified.returncode, b"GOODSIG" in verified.stdout) == (0, True)
    (tmp_path / "entity").write_bytes(entity + b" ")
    assert gpg("--verify", str(tmp_path / "entity.asc"), str(tmp_path / "entity")).returncode == 1
    for passphrase, said in (("falsch", "is wrong"), (None, "is needed and not set")):
        settings = Settings(data=tmp_path, clock="day", packet_signing_key=path, packet_signing_passphrase=passphrase)
        with pytest.raises(UsageError, match=f"CHURN_PACKET_SIGNING_PASSPHRASE {said}"):
            run(settings, DAY)


def test_a_rerun_leaves_every_byte_and_what_changed_is_signed_anew(tmp_path: Path, key: Path) -> None:
    made = world("one.example")
    run_world(made, tmp_path, packet_signing_key=key)
    before = tree(tmp_path / "packets")
    run(settings_of(tmp_path, packet_signing_key=key), DAY)
    assert tree(tmp_path / "packets") == before
    made.registered("one.example", 7, observed_at=at(DAY, 20), abuse_email="other@registrar-7.example")
    run_world(made, tmp_path, packet_signing_key=key)
    assert written(tmp_path) != before[f"{DAY}/registrar-7/message.eml"]
    assert holds(key, *parts(written(tmp_path)))


def test_the_signature_of_another_key_is_not_kept(tmp_path: Path, key: Path) -> None:
    run_world(world("one.example"), tmp_path, packet_signing_key=key)
    other = tmp_path / "other.asc"
    other.write_text(str(pysequoia.Tsk.generate(OWNER)))
    run(settings_of(tmp_path, packet_signing_key=other), DAY)
    assert [holds(each, *parts(written(tmp_path))) for each in (key, other)] == [False, True]
    run(settings_of(tmp_path), DAY)
    assert b"multipart/signed" not in written(tmp_path)


@pytest.mark.parametrize("content", [None, b"", b"junk", b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nAAAA\n", "public"])
def test_a_key_that_is_no_use_is_said_in_a_sentence(tmp_path: Path, key: Path, content: bytes | str | None) -> None:
    path = tmp_path / "bad.asc"
    if content == "public":
        path.write_text(str(pysequoia.Tsk.from_file(str(key)).extract_certificate()))
    elif isinstance(content, bytes):
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"packet_signing_key .*bad\.asc can't (be read|sign): .+\.$") as raised:
        run_world(world("one.example"), tmp_path, packet_signing_key=path)
    assert "\n" not in str(raised.value)
    assert not folder(tmp_path, 7).exists()
