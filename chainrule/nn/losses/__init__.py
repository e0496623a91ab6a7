"""Losses: what training makes small, a file a family.

All of them work on predictions and targets of equal shape, and take `reduction="mean"`, `"sum"` or
`"none"` and, for each example, `weights`; see `chainrule.nn.losses.reduction`.
"""
