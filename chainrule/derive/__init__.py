"""Deriving: the graph grows its derivatives, as more graph made of the same primitives.

    reverse    from a result back to what it was computed of; `loss.backward()`
    grad       `grad`, `value_and_grad`, `vjp`: the reverse pass of a function
    forward    `jvp`, `jacobian`, `hessian`: made of the reverse pass
    batch      `vmap`: a function of one example for many
    remember   `checkpoint`: less memory, more arithmetic
    numeric    finite differences, the judge of all of these

One rule a primitive, its `vjp`, serves both directions and every order.
"""
