"""Running: a recorded function as a program that is called again and again.

compile    when a function is recorded, and when once more
program    a recording that can be executed, by the NumPy interpreter
"""
