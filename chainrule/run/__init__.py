"""Running: a recorded function as a program that is called again and again.

    compile       when a function is recorded, and when once more
    program       a recording that can be executed, by the NumPy interpreter or natively
    native        a recording as machine code, called on a table of addresses
    machine_code  from LLVM IR to functions in memory

The function is called while it is recorded, and not again.
"""
