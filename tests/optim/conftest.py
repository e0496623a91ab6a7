"""What pytest does not collect here: the scripts that need PyTorch and Optax."""

from __future__ import annotations

collect_ignore_glob = ["recorded/record*.py"]
