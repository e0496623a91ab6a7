"""The primitives, a file a family: everything else in the library is composed of them.

They are strict: operands of one data type, exact attributes. The public functions in
`chainrule.build.functions` are the kind ones: they convert, promote and check.
"""
