"""The public array functions, a file a family: they convert, promote, check and compose.

Names, argument order and promotion are the Array API standard's (2024.12).
"""
