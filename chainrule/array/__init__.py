"""What an array is before anything is computed with it: types, shapes, structures, random bits.

Pure functions on NumPy data types, tuples and containers. Nothing here knows of tensors or graphs.
"""
