"""The examples that learn from public data, each in a short version that takes some seconds."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import chainrule as cr
from chainrule.train.ett import load_etth1
from chainrule.train.mnist import Digits, load_mnist
from chainrule.train.spoken_digits import load_spoken_digits
from examples import etth1_nlinear, mnist_convnet, mnist_mlp, spoken_digits

BESIDE = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(autouse=True)
def _seeded() -> None:
    cr.seed(0)


@pytest.fixture
def needs(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Asks for a folder of data; the test is left out where it is missing."""
    data = Path(os.environ.get("CHAINRULE_DATA", BESIDE))

    def ask(folder: str) -> None:
        if not (data / folder).is_dir():
            pytest.skip(f"needs the folder {folder} in CHAINRULE_DATA")
        monkeypatch.setenv("CHAINRULE_DATA", str(data))

    return ask


def first(digits: Digits, count: int) -> Digits:
    return Digits(digits.images[:count], digits.labels[:count])


def test_images(needs: Callable[[str], None]) -> None:
    needs("mnist")
    train, test = load_mnist()
    (reached,) = mnist_mlp.accuracies(first(train, 6000), first(test, 1000), epochs=1)
    assert reached > 86.0


def test_filters(needs: Callable[[str], None]) -> None:
    needs("mnist")
    train, test = load_mnist()
    (reached,) = mnist_convnet.accuracies(first(train, 6000), first(test, 1000), epochs=1)
    assert reached > 80.0


def test_electricity(needs: Callable[[str], None]) -> None:
    needs("ett")
    assert etth1_nlinear.error(load_etth1(), 96, epochs=1) < 0.43


def test_windows_follow_each_other() -> None:
    series = np.arange(1000.0, dtype=np.float32)[:, None] * np.ones(2, np.float32)
    seen, following = etth1_nlinear.windows(series, 500, 600, 96)
    assert (seen.shape, following.shape) == ((5, 2, 336), (5, 2, 96))
    assert seen[0, 0, -1] == 499
    assert following[0, 0, 0] == 500
    assert following[-1, -1, -1] == 599


def test_speech(needs: Callable[[str], None]) -> None:
    needs("fsdd")
    random = np.random.default_rng(0)
    recordings = [r for r in load_spoken_digits() if r.speaker == "theo"]
    train, test = spoken_digits.examples(recordings, variations=1, random=random)
    assert spoken_digits.accuracy(train, test, epochs=8, width=128) > 85.0


def test_a_tone_is_loudest_in_its_band() -> None:
    triangles = spoken_digits.filters()
    hertz = np.fft.rfftfreq(256, 1 / 8000)
    loudest = []
    for frequency in (300.0, 1000.0, 3000.0):
        tone = np.sin(2 * np.pi * frequency * np.arange(4000) / 8000).astype(np.float32)
        band = int(spoken_digits.loudness(tone, triangles).mean(axis=0).argmax())
        loudest.append(abs(hertz[triangles[:, band].argmax()] - frequency))
    assert max(loudest) < 100.0


def test_an_unchanged_cepstrum_is_the_cosine_transform() -> None:
    bands = np.random.default_rng(0).normal(size=(spoken_digits.MOMENTS, 40))
    found = spoken_digits.cepstrum(bands)
    expected = bands @ spoken_digits.cosines()
    np.testing.assert_allclose(found, expected - expected.mean(axis=0), atol=1e-12)


@pytest.mark.parametrize("example", [mnist_mlp, mnist_convnet, etth1_nlinear, spoken_digits])
def test_an_example_says_what_it_takes(
    example: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["example", "--help"])
    with pytest.raises(SystemExit):
        example.main()  # type: ignore[attr-defined]
    assert "--epochs" in capsys.readouterr().out
