"""What is assumed of the machine: the width of its vectors, and how many a tile is wide."""

from __future__ import annotations

VECTOR_BYTES = 64
WIDEST = 4
TILE_COLUMNS = WIDEST * VECTOR_BYTES // 4
