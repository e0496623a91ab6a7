"""Running: a recorded function as a program that is called again and again.

    compile       when a function is recorded, and when once more
    program       a recording that can be executed, natively or by the NumPy interpreter
    planning      a recording through all stages before the machine code
    native        a recording as machine code, called on a table of addresses
    border        how arrays get in and results get out
    epoch, drive  many steps over rows of data in one call
    machine_code  from LLVM IR to functions in memory
    cache         machine code on disk
    team          threads that wait in native code for jobs
    threads       how many there may be
    pace          how many are the fastest
    insight       what a program shows of itself: kernels, memory, profile, picture, svg, quantity

The function is called while it is recorded, and not again.
"""
