"""Model folders: what is saved is loaded, and whatever fails, the old model stays whole."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from numpy.typing import NDArray

from chainrule.errors import FileError, OptionError
from chainrule.train.folder import check_replaceable, load_folder, save_folder, write_whole

OLD: dict[str, NDArray[Any]] = {"weight": np.arange(4, dtype=np.float32)}
NEW: dict[str, NDArray[Any]] = {"weight": np.arange(5, dtype=np.float32), "bias": np.zeros(1)}
CALLS = ("open", "fsync", "replace", "touch", "unlink", "mkdir", "rmdir")


def contents(path: Path) -> dict[str, bytes]:
    return {entry.name: entry.read_bytes() for entry in path.iterdir()}


def assert_holds(path: Path, arrays: dict[str, Any], description: dict[str, Any]) -> None:
    found = load_folder(path)
    assert found.description == description
    assert found.arrays.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(found.arrays[name], array, strict=True)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = save_folder(tmp_path / "deep" / "model", OLD, {"layers": [1, "ü", None]})
    assert_holds(path, OLD, {"layers": [1, "ü", None]})


def test_a_newer_model_takes_the_place_of_an_older(tmp_path: Path) -> None:
    save_folder(tmp_path, OLD, {"age": 1})
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    save_folder(tmp_path, NEW, {"age": 2})
    assert_holds(tmp_path, NEW, {"age": 2})
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".safetensors", ".txt"]


def test_saving_the_same_weights_again_keeps_them(tmp_path: Path) -> None:
    save_folder(tmp_path, OLD, {"age": 1})
    save_folder(tmp_path, OLD, {"age": 2})
    assert_holds(tmp_path, OLD, {"age": 2})


class FaultError(OSError):
    """The disk gives up."""


def faulty(monkeypatch: pytest.MonkeyPatch, number: int, error: type[BaseException]) -> list[str]:
    """Let the call number `number` to the operating system fail; return the list of calls made."""
    made: list[str] = []

    def wrap(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            made.append(name)
            if len(made) == number:
                raise error
            return call(*arguments, **options)

        return wrapped

    for name, owner in itertools.product(CALLS, (os, Path)):
        if hasattr(owner, name):
            monkeypatch.setattr(owner, name, wrap(name, getattr(owner, name)))
    return made


def calls_of_a_whole_save(folder: Path) -> int:
    with pytest.MonkeyPatch.context() as patch:
        made = faulty(patch, 0, FaultError)
        save_folder(folder, NEW, {"age": 2})
    return len(made)


@pytest.mark.parametrize("error", [FaultError, KeyboardInterrupt])
def test_whatever_fails_the_old_model_or_the_new_is_there(
    tmp_path: Path, error: type[BaseException]
) -> None:
    save_folder(tmp_path / "rehearsal", OLD, {"age": 1})
    for number in range(1, calls_of_a_whole_save(tmp_path / "rehearsal") + 1):
        path = save_folder(tmp_path / f"model{number}", OLD, {"age": 1})
        with pytest.MonkeyPatch.context() as patch:
            faulty(patch, number, error)
            with suppress(FileError, KeyboardInterrupt):
                save_folder(path, NEW, {"age": 2})
        age = load_folder(path).description["age"]
        assert_holds(path, *((OLD, {"age": 1}) if age == 1 else (NEW, {"age": 2})))


def test_a_first_save_that_fails_leaves_nothing(tmp_path: Path) -> None:
    calls = calls_of_a_whole_save(tmp_path / "rehearsal" / "model")
    failures: list[str] = []
    for number in range(1, calls + 1):
        parent = tmp_path / str(number)
        with pytest.MonkeyPatch.context() as patch:
            faulty(patch, number, FaultError)
            try:
                save_folder(parent / "model", NEW, {})
            except FileError as error:
                failures.append(str(error))
        assert not parent.exists() or load_folder(parent / "model").description == {}
    assert len(failures) > 5
    assert all("cannot write" in failure for failure in failures)


def test_a_killed_first_save_can_be_repeated(tmp_path: Path) -> None:
    save_folder(tmp_path, NEW, {})
    (tmp_path / "model.json").unlink()
    (tmp_path / ".model.json.123.partial").write_bytes(b"{")
    save_folder(tmp_path, OLD, {"age": 1})
    assert_holds(tmp_path, OLD, {"age": 1})


@pytest.mark.parametrize("description", [{"x": float("nan")}, {"x": {1, 2}}, {(1, 2): 3}])
def test_a_description_that_is_not_json_is_refused(
    tmp_path: Path, description: dict[Any, Any]
) -> None:
    with pytest.raises(OptionError, match="description of a model is not JSON"):
        save_folder(tmp_path / "model", OLD, description)
    assert not (tmp_path / "model").exists()


def test_a_file_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "model").write_text("mine", encoding="utf-8")
    with pytest.raises(FileError, match="is a file; a model is saved as a folder"):
        save_folder(tmp_path / "model", OLD, {})
    with pytest.raises(FileError, match="inner: Not a directory"):
        save_folder(tmp_path / "model" / "inner", OLD, {})
    assert (tmp_path / "model").read_text(encoding="utf-8") == "mine"


def test_a_folder_of_other_things_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine", encoding="utf-8")
    with pytest.raises(FileError, match="holds files that are no model"):
        check_replaceable(tmp_path)
    assert contents(tmp_path) == {"thesis.tex": b"mine"}


@pytest.mark.parametrize("call", ["mkdir", "touch"])
def test_a_folder_that_takes_nothing_is_found_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, call, refuse)
    with pytest.raises(FileError, match=r"cannot write a model to .*model: Permission denied"):
        check_replaceable(tmp_path / "new" / "model")
    assert not any(tmp_path.iterdir())


def test_looking_beforehand_leaves_nothing(tmp_path: Path) -> None:
    check_replaceable(tmp_path / "new" / "model")
    check_replaceable(tmp_path)
    assert not any(tmp_path.iterdir())


def test_a_path_that_cannot_be_asked_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="File name too long"):
        check_replaceable(tmp_path / ("x" * 5000))


def whole(tmp_path: Path) -> Path:
    return save_folder(tmp_path / "model", OLD, {"age": 1})


def test_truncated_weights_are_refused(tmp_path: Path) -> None:
    path = whole(tmp_path)
    (weights,) = path.glob("weights-*")
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(FileError, match="is truncated or was changed"):
        load_folder(path)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    path = whole(tmp_path)
    (weights,) = path.glob("weights-*")
    weights.unlink()
    with pytest.raises(FileError, match=f"cannot read {weights}: No such file"):
        load_folder(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "other"}, "does not describe a chainrule model"),
        ({"version": 2}, "version 2 of the format, this chainrule reads version 1"),
        ({"version": "1" * 100}, "version '1{19} of"),
        ({"weights": None}, "incomplete"),
        ({"description": []}, "incomplete"),
        ({"weights": "../weights-0123456789abcdef.safetensors"}, "names as weights"),
        ({"weights": "weights-0123456789abcdef.safetensors\0"}, "names as weights"),
        ({"weights": ""}, "names as weights"),
    ],
)
def test_a_foreign_page_is_refused(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    path = whole(tmp_path)
    page = json.loads((path / "model.json").read_text(encoding="utf-8"))
    (path / "model.json").write_text(json.dumps(page | change), encoding="utf-8")
    with pytest.raises(FileError, match=message):
        load_folder(path)


@given(st.binary(max_size=100))
def test_a_page_of_any_bytes_is_refused(tmp_path_factory: Any, content: bytes) -> None:
    path = tmp_path_factory.mktemp("model")
    (path / "model.json").write_bytes(content)
    with pytest.raises(FileError, match=str(path)):
        load_folder(path)


def test_every_truncation_of_the_page_is_refused(tmp_path: Path) -> None:
    path = whole(tmp_path)
    content = (path / "model.json").read_bytes()
    for length in range(len(content)):
        (path / "model.json").write_bytes(content[:length])
        with pytest.raises(FileError, match=r"model\.json"):
            load_folder(path)


def test_no_folder_a_file_and_an_empty_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="does not exist; give the folder that train has written"):
        load_folder(tmp_path / "nothing")
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match="is a file; give the folder"):
        load_folder(tmp_path / "file")
    with pytest.raises(FileError, match=r"no model folder: it has no model\.json"):
        load_folder(tmp_path)


def test_a_file_is_written_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "picture.png"
    write_whole(path, b"old")
    monkeypatch.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(FaultError))
    with pytest.raises(FaultError):
        write_whole(path, b"new")
    assert contents(tmp_path) == {"picture.png": b"old"}
