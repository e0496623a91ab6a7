"""A long search: random programs, machine code against the interpreter, on several threads."""
