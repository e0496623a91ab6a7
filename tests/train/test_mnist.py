"""MNIST: only the known content is used, wherever it comes from; nothing is fetched here."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import URLError

import numpy as np
import pytest

from chainrule.errors import FileError
from chainrule.train import mnist

COUNTS = {"train": 5, "t10k": 3}


def content(part: str, kind: str) -> bytes:
    """Small files of the same form: image number i has all pixels i, label i."""
    numbers = np.arange(COUNTS[part], dtype=np.uint8)
    if kind == "labels-idx1":
        return bytes(8) + numbers.tobytes()
    return bytes(16) + np.repeat(numbers, 784).tobytes()


FILES = {
    f"{part}-{kind}-ubyte": content(part, kind)
    for part in COUNTS
    for kind in ("images-idx3", "labels-idx1")
}


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in FILES.items()}
    monkeypatch.setattr(mnist, "CHECKSUMS", sums)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("CHAINRULE_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(urllib.request, "urlopen", offline)


def offline(address: str, **_: Any) -> Any:
    raise URLError(f"no way to {address}")


def served(address: str, **_: Any) -> io.BytesIO:
    """What the server answers."""
    return io.BytesIO(gzip.compress(FILES[address.rpartition("/")[2].removesuffix(".gz")]))


def store(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name, data in FILES.items():
        (folder / f"{name}.gz").write_bytes(gzip.compress(data))


def assert_loaded() -> None:
    train, test = mnist.load_mnist()
    for digits, count in zip((train, test), COUNTS.values(), strict=True):
        assert digits.images.shape == (count, 784)
        assert digits.images.dtype == np.float32
        np.testing.assert_array_equal(digits.labels, np.arange(count))
        np.testing.assert_allclose(digits.images[:, 0], np.arange(count) / 255, rtol=1e-6)


@pytest.mark.parametrize("folder", ["data/mnist", "cache/chainrule/mnist"])
def test_files_that_are_there_are_read(tmp_path: Path, folder: str) -> None:
    store(tmp_path / folder)
    assert_loaded()


def test_files_are_fetched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[str] = []

    def fetch(address: str, **_: Any) -> io.BytesIO:
        fetched.append(address)
        return served(address)

    monkeypatch.setattr(urllib.request, "urlopen", fetch)
    assert_loaded()
    assert_loaded()
    assert len(fetched) == 4
    assert all(address.startswith("https://") for address in fetched)


def test_clothes_have_the_same_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mnist, "FASHION_CHECKSUMS", mnist.CHECKSUMS)
    store(tmp_path / "data" / "fashion-mnist")
    train, test = mnist.load_fashion_mnist()
    assert (len(train.labels), len(test.labels)) == (5, 3)


def test_a_cache_that_cannot_be_written_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    monkeypatch.setattr(urllib.request, "urlopen", served)
    assert_loaded()


def test_without_network_it_says_where_the_files_are_wanted() -> None:
    with pytest.raises(FileError, match=r"cannot be reached.*set CHAINRULE_DATA to a folder"):
        mnist.load_mnist()


@pytest.mark.parametrize(
    ("packed", "message"),
    [
        (gzip.compress(FILES["train-images-idx3-ubyte"])[:-9], "is truncated or not gzip"),
        (b"<html>not found</html>", "is truncated or not gzip"),
        (gzip.compress(b"another file"), "is not the known MNIST file train-images"),
    ],
    ids=["truncated", "a page", "another file"],
)
def test_other_content_is_refused(tmp_path: Path, packed: bytes, message: str) -> None:
    store(tmp_path / "data" / "mnist")
    (tmp_path / "data" / "mnist" / "train-images-idx3-ubyte.gz").write_bytes(packed)
    with pytest.raises(FileError, match=message):
        mnist.load_mnist()


def test_the_real_files_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    data = os.environ.get("CHAINRULE_DATA") or Path(__file__).parents[3] / "shared" / "data"
    if not (Path(data) / "mnist").is_dir():
        pytest.skip("needs the folder mnist in CHAINRULE_DATA")
    monkeypatch.setenv("CHAINRULE_DATA", str(data))
    train, test = mnist.load_mnist()
    assert np.bincount(test.labels).tolist() == [
        980,
        1135,
        1032,
        1010,
        982,
        892,
        958,
        1028,
        974,
        1009,
    ]
    assert len(train.labels) == 60_000
    assert (train.images.min(), train.images.max()) == (0, 1)
