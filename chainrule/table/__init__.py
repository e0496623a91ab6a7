"""Tables: read from a file, learnt as a schema, encoded as numbers that a network can take.

    prepared = prepare(read_table("adult.data"), "class")
    features = prepared.schema.encode(read_table("adult.test"))

Plain NumPy, and polars for the tables; nothing here knows of tensors.
"""

from __future__ import annotations

from chainrule.table.digits import load_digits as load_digits
from chainrule.table.prepare import Examples as Examples, Prepared as Prepared, prepare as prepare
from chainrule.table.read import read_table as read_table
from chainrule.table.schema import Schema as Schema
from chainrule.table.split import split_rows as split_rows
