"""The digits that come with the package are those of the repository."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from chainrule.table.digits import load_digits

# Of the pixels as bytes and of the labels as bytes, taken from scikit-learn 1.9.
PIXELS_SHA256 = "8f26b2bd9d135c256808f68f14fdabddde6d9c7f869ae419704b051f0f14b3b3"
LABELS_SHA256 = "8ba4f891220f5e4c9c819638d1602d74b83618f167043c6da52a2a247841ddf0"


def test_the_digits_have_their_fixed_checksums() -> None:
    images, labels = load_digits()
    pixels = images * 16
    assert hashlib.sha256(pixels.astype(np.uint8).tobytes()).hexdigest() == PIXELS_SHA256
    assert hashlib.sha256(labels.astype(np.uint8).tobytes()).hexdigest() == LABELS_SHA256
    assert (pixels == pixels.astype(np.uint8)).all()


def test_the_digits_are_as_they_are_described() -> None:
    images, labels = load_digits()
    assert [images.dtype.name, labels.dtype.name] == ["float32", "int64"]
    assert (images.min(), images.max()) == (0, 1)
    # the class sizes that the authors give for this set
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_the_digits_are_those_of_scikit_learn() -> None:
    datasets = pytest.importorskip("sklearn.datasets")
    judge = datasets.load_digits()
    images, labels = load_digits()
    np.testing.assert_array_equal(images, judge.data / 16)
    np.testing.assert_array_equal(labels, judge.target)
