"""Turns: of several Python threads, one at a time runs a program or looks at what programs write.

Variables may belong to several programs, whose parts are written in place: a program that is under
way has the turn from beginning to end, so that nobody sees half of an update. A fork waits for it,
and the child has it free.
"""

from __future__ import annotations

import os
from threading import RLock

turn = RLock()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=turn.acquire, after_in_parent=turn.release, after_in_child=turn.release
    )
