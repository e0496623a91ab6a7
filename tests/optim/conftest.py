"""What pytest does not collect here: the script that needs PyTorch."""

from __future__ import annotations

collect_ignore = ["recorded/record.py"]
