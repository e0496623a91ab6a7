"""The cache of object code: whole or not there, for one user, of limited size, never an error."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

import chainrule
from chainrule.errors import OptionError
from chainrule.run.cache import Cache, key, user_cache

NAME, OTHER = key("one"), key("two")
CODE = bytes(range(256)) * 3


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "folder" / "of" / "mine")


def only_file(cache: Cache) -> Path:
    (path,) = cache.folder.iterdir()
    return path


def test_what_is_kept_is_found_also_by_another(cache: Cache) -> None:
    assert cache.find(NAME) is None
    cache.keep(NAME, CODE)
    assert cache.find(NAME) == Cache(cache.folder).find(NAME) == CODE
    assert cache.find(OTHER) is None
    cache.keep(NAME, b"other")
    assert cache.find(NAME) == b"other"


def test_a_key_tells_its_parts_apart() -> None:
    parts = [("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""), ("", "abc"), ()]
    assert len({key(*each) for each in parts}) == len(parts)
    assert key("ab", "c") == key("ab", "c")


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


WHOLE = b"chainrule code 1" + bytes.fromhex(NAME) + sha256(CODE).digest() + CODE
DAMAGED = {
    **{f"bit at {at}": flipped(WHOLE, at) for at in (0, 15, 16, 47, 48, 79, 80, 500, 847)},
    **{f"{size} bytes": WHOLE[:size] for size in (0, 10, 16, 48, 79, 80, 300, 847)},
    "longer": WHOLE + b"\0",
    "foreign": b"foreign" * 100,
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_ignored_and_replaced(cache: Cache, content: bytes) -> None:
    cache.keep(NAME, CODE)
    only_file(cache).write_bytes(content)
    assert cache.find(NAME) is None
    cache.keep(NAME, CODE)
    assert cache.find(NAME) == CODE


def test_the_layout_of_a_file_is_the_documented_one(cache: Cache) -> None:
    cache.keep(NAME, CODE)
    assert only_file(cache).read_bytes() == WHOLE


def test_the_file_of_another_program_is_ignored(cache: Cache) -> None:
    cache.keep(NAME, CODE)
    path = only_file(cache)
    path.rename(path.with_name(path.name.replace(NAME, OTHER)))
    assert cache.find(OTHER) is None


posix = pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")


@posix
def test_the_folder_and_its_files_are_the_users_alone(cache: Cache) -> None:
    cache.keep(NAME, CODE)
    assert cache.folder.stat().st_mode & 0o777 == 0o700
    assert only_file(cache).stat().st_mode & 0o777 == 0o600


@posix
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_a_folder_that_others_may_write_to_is_refused(cache: Cache, mode: int) -> None:
    cache.keep(NAME, CODE)
    cache.folder.chmod(mode)
    with pytest.warns(RuntimeWarning, match="others may write to it. Make it yours alone"):
        assert cache.find(NAME) is None
    with pytest.warns(RuntimeWarning, match="CHAINRULE_CACHE"):
        cache.keep(OTHER, CODE)
    assert only_file(cache).name.startswith(NAME)


@posix
def test_a_folder_of_someone_else_is_refused(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.keep(NAME, CODE)
    monkeypatch.setattr(os, "geteuid", lambda: cache.folder.stat().st_uid + 1)
    with pytest.warns(RuntimeWarning, match="belongs to another user"):
        assert cache.find(NAME) is None
    with pytest.warns(RuntimeWarning, match="belongs to another user"):
        cache.keep(OTHER, CODE)
    assert only_file(cache).name.startswith(NAME)


@posix
def test_a_file_that_others_may_write_to_is_ignored(cache: Cache) -> None:
    cache.keep(NAME, CODE)
    only_file(cache).chmod(0o666)
    assert cache.find(NAME) is None


def test_where_no_folder_can_be_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"in the way")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        cache = Cache(folder)
        cache.keep(NAME, CODE)
        assert cache.find(NAME) is None
    assert (tmp_path / "file").read_bytes() == b"in the way"


@pytest.mark.parametrize("function", ["fsync", "fdopen"])
def test_a_full_disk_leaves_nothing_behind(
    cache: Cache, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    cache.keep(NAME, CODE)

    def full(handle: int, *_: object) -> None:
        if function == "fdopen":
            os.close(handle)
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, function, full)
        cache.keep(NAME, b"other")
        cache.keep(OTHER, CODE)
    assert only_file(cache).name.startswith(NAME)
    assert cache.find(NAME) == CODE


def test_beyond_the_limit_what_was_used_least_recently_goes(tmp_path: Path) -> None:
    names = [key(str(number)) for number in range(4)]
    cache = Cache(tmp_path / "mine", limit=3 * 1100)
    for age, name in enumerate(names[:3]):
        cache.keep(name, bytes(1000))
        (path,) = cache.folder.glob(f"{name}*")
        os.utime(path, (1000.0 + age, 1000.0 + age))
    assert cache.find(names[0]) == bytes(1000)  # used now: the second is the oldest
    cache.keep(names[3], bytes(1000))
    assert [cache.find(name) is not None for name in names] == [True, False, True, True]


def test_code_beyond_the_limit_is_not_kept(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "mine", limit=1000)
    cache.keep(NAME, bytes(1001))
    assert list(cache.folder.iterdir()) == []
    with pytest.raises(OptionError, match="a number of bytes, got -1"):
        Cache(tmp_path, limit=-1)


def test_what_was_never_finished_goes_and_what_is_being_written_stays(cache: Cache) -> None:
    cache.keep(NAME, CODE)
    old, young, foreign = (cache.folder / name for name in ("a.partial", "b.partial", "c.text"))
    for path in (old, young, foreign):
        path.write_bytes(b"half")
    os.utime(old, (1000.0, 1000.0))
    os.utime(foreign, (1000.0, 1000.0))
    cache.keep(OTHER, CODE)
    assert [path.exists() for path in (old, young, foreign)] == [False, True, True]


def test_many_at_once_find_the_right_code_or_none(tmp_path: Path) -> None:
    codes = {key(str(number)): bytes([number]) * 5000 for number in range(6)}

    def work(turn: int) -> bool:
        cache = Cache(tmp_path / "mine", limit=4 * 5100)  # so small that files go all the time
        for name, code in list(codes.items())[turn % 6 :] * 3:
            cache.keep(name, code)
            if cache.find(name) not in (None, code):
                return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(work, range(24)))
    assert not list((tmp_path / "mine").glob("*.partial"))


ROOT = Path(chainrule.__file__).parents[1]
PROCESS = """
import sys
from pathlib import Path
from chainrule.run.cache import Cache, key
cache = Cache(Path(sys.argv[1]))
for turn in range(40):
    cache.keep(key("shared"), sys.argv[2].encode() * 3000)
    assert cache.find(key("shared"))[:1] in b"ab"
"""


def test_two_processes_write_the_same_file(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROCESS, str(tmp_path / "mine")]
    processes = [subprocess.Popen([*command, letter], cwd=ROOT) for letter in "ab"]
    assert [process.wait() for process in processes] == [0, 0]
    assert Cache(tmp_path / "mine").find(key("shared")) in (b"a" * 3000, b"b" * 3000)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    for name in ("CHAINRULE_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def folder() -> Path:
    cache = user_cache()
    assert cache is not None
    return cache.folder


@pytest.mark.parametrize(
    ("platform", "place"),
    [
        ("linux", ".cache/chainrule"),
        ("darwin", "Library/Caches/chainrule"),
        ("win32", "AppData/Local/chainrule/cache"),
    ],
)
def test_each_system_has_its_place(
    home: Path, monkeypatch: pytest.MonkeyPatch, platform: str, place: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert folder() == home / place


def test_the_environment_moves_the_place(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cached"))
    assert folder() == home / "cached" / "chainrule"
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    assert folder() == home / ".cache" / "chainrule"
    monkeypatch.setenv("CHAINRULE_CACHE", str(home / "here"))
    assert folder() == home / "here"
    monkeypatch.setenv("CHAINRULE_CACHE", "")
    assert folder() == home / ".cache" / "chainrule"


@pytest.mark.parametrize("word", ["off", "OFF"])
def test_the_environment_switches_it_off(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setenv("CHAINRULE_CACHE", word)
    assert user_cache() is None


@pytest.mark.usefixtures("home")
def test_without_a_home_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nobody)
    monkeypatch.setattr(sys, "platform", "linux")
    assert user_cache() is None
