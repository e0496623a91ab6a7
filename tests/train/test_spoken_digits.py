"""Spoken digits: recordings out of an archive of any kind, and only the known ones."""

from __future__ import annotations

import io
import tarfile
import wave
from pathlib import Path

import numpy as np
import pytest

from chainrule.errors import FileError
from chainrule.train import spoken_digits


def sound(samples: list[int]) -> bytes:
    held = io.BytesIO()
    with wave.open(held, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(np.array(samples, "<i2").tobytes())
    return held.getvalue()


FILES = {"7_theo_12.wav": sound([0, 16384, -32768]), "3_lucas_4.wav": sound([1, 2])}


def archive(kind: str, files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode=f"w:{kind}") as out:  # type: ignore[call-overload]
        for name, content in {**files, "README.md": b"words"}.items():
            member = tarfile.TarInfo(f"set-1.0/recordings/{name}")
            member.size = len(content)
            out.addfile(member, io.BytesIO(content))
    return held.getvalue()


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    checksum = "45d1f44f7b7b6f7e"
    monkeypatch.setattr(spoken_digits, "CHECKSUM", checksum)
    monkeypatch.setattr(
        spoken_digits, "_checksum", lambda found: checksum if found == FILES else "another"
    )
    monkeypatch.setenv("CHAINRULE_DATA", str(tmp_path))
    (tmp_path / "fsdd").mkdir()
    return tmp_path / "fsdd"


@pytest.mark.parametrize("kind", ["gz", "xz"])
def test_recordings(folder: Path, kind: str) -> None:
    (folder / f"fsdd.tar.{kind}").write_bytes(archive(kind, FILES))
    three, seven = spoken_digits.load_spoken_digits()
    assert (three.digit, three.speaker, three.number, three.is_test) == (3, "lucas", 4, True)
    assert (seven.digit, seven.speaker, seven.number, seven.is_test) == (7, "theo", 12, False)
    np.testing.assert_array_equal(seven.samples, np.array([0, 0.5, -1], np.float32))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (archive("gz", FILES)[:150], "is truncated or no archive"),
        (archive("xz", FILES)[:150], "is truncated or no archive"),
        (b"<html>not found</html>", "is truncated or no archive"),
        (archive("gz", {"0_theo_0.wav": sound([1])}), "is not the known set of spoken digits"),
    ],
    ids=["truncated gz", "truncated xz", "a page", "other recordings"],
)
def test_other_content_is_refused(folder: Path, content: bytes, message: str) -> None:
    (folder / "fsdd.tar.gz").write_bytes(content)
    with pytest.raises(FileError, match=message):
        spoken_digits.load_spoken_digits()


def test_the_checksum_is_of_names_and_contents() -> None:
    first = spoken_digits._checksum({"b": b"2", "a": b"1"})
    assert first == spoken_digits._checksum({"a": b"1", "b": b"2"})
    assert first != spoken_digits._checksum({"a": b"2", "b": b"1"})
