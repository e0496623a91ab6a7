"""Building: tensors become a graph, made of primitives and of the array functions over them.

    tensor, leaf, graph     nodes, where they begin, and how to walk them
    variable, record        cells that change, and a function recorded with the cells it uses
    primitives, functions   the operations, and what users call
    interpret               a graph evaluated by NumPy

An operation on known numbers is computed at once; on unknown ones it is only recorded.
"""
