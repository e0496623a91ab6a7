"""Brings .venv up to date: chainrule installed editable, with the extras asked for.

environment.sh calls it as `python3 environment.py ROOT EXTRAS WANTED`, where WANTED is the text
that .venv/installed-EXTRAS holds once the installation is complete. The file .venv/installing is
there from the first change to the last: whoever finds it while holding the lock sees that an
installation was cut short, and makes everything anew. Needs nothing but the standard library.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

FAILED = """
chainrule could not be installed; what went wrong is said above. Mend it (is the package registry
within reach, the disk full?) and start again, or remove .venv to begin from nothing."""


@dataclass(frozen=True)
class Environment:
    """The folder .venv of a project, in the hands of the one who holds the lock."""

    root: Path
    lock: IO[bytes]

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def mark(self) -> Path:
        """There while it is being changed."""
        return self.folder / "installing"

    def record(self, extras: str) -> Path:
        """Says from what these extras were installed."""
        return self.folder / f"installed-{extras}"

    def holds(self, extras: str, wanted: bytes) -> bool:
        """Whether these extras are installed, completely, from what is there today."""
        record = self.record(extras)
        return self.is_sound() and record.is_file() and record.read_bytes() == wanted

    def is_sound(self) -> bool:
        """Whether it was left complete, and its Python still starts."""
        if self.mark.exists() or not self.python.exists():
            return False
        return subprocess.run([self.python, "-c", ""], check=False).returncode == 0

    def make(self) -> None:
        """Makes it anew, empty, and marks it as not complete."""
        self.clear()
        self.call(sys.executable, "-m", "venv", self.folder)

    def clear(self) -> None:
        """Empties the folder but for the mark, so that a clearing cut short is noticed as well."""
        self.folder.mkdir(exist_ok=True)
        self.mark.touch()
        for entry in self.folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry != self.mark:
                entry.unlink()

    def install(self, extras: str, *options: str) -> None:
        """Installs the project with these extras."""
        quiet = [] if sys.stderr.isatty() else ["--quiet"]
        pip = ("-m", "pip", "--disable-pip-version-check", "install")
        self.call(self.python, *pip, *quiet, *options, "--editable", f".[{extras}]")

    def call(self, *command: str | Path) -> None:
        """Runs a command in the project's folder, all that it says on standard error.

        The command holds the lock too: where this process is killed, it may write for a while yet.
        """
        subprocess.run(
            command, cwd=self.root, stdout=sys.stderr, pass_fds=[self.lock.fileno()], check=True
        )


def take(lock: IO[bytes]) -> None:
    """Waits until nobody else changes the environment; the system frees the lock of the dead."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Another start is installing chainrule; waiting for it.")
        fcntl.flock(lock, fcntl.LOCK_EX)


def update(environment: Environment, extras: str, wanted: bytes) -> None:
    """Installs what is missing; from the mark to its removal the environment is not to be used."""
    if environment.holds(extras, wanted):
        return
    say(f"Installing chainrule[{extras}] into .venv: a minute or so, only this once.")
    if environment.is_sound():
        # A rehearsal: without a registry it fails here, and what worked until now still works.
        environment.install(extras, "--dry-run", "--quiet")
    else:
        environment.make()
    environment.mark.touch()
    environment.install(extras)
    environment.record(extras).write_bytes(wanted)
    environment.mark.unlink()


def say(text: str) -> None:
    """Tells the person at the terminal; standard output belongs to chainrule alone."""
    print(text, file=sys.stderr)


def main() -> None:
    """Reads the arguments, and turns what can go wrong into a sentence."""
    root, extras, wanted = Path(sys.argv[1]), sys.argv[2], os.fsencode(sys.argv[3])
    try:
        # Locking needs a file that is always there, open for writing (network drives insist).
        with (root / "pyproject.toml").open("r+b") as lock:
            take(lock)
            update(Environment(root, lock), extras, wanted)
    except subprocess.CalledProcessError:
        sys.exit(FAILED)
    except OSError as problem:
        sys.exit(f"chainrule could not be installed into {root / '.venv'}: {problem}")
    except KeyboardInterrupt:
        sys.exit("Interrupted. The next start installs chainrule from the beginning.")


if __name__ == "__main__":
    main()
