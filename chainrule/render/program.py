"""A whole program as one LLVM module: a function a kernel, and `run`, which calls them in order."""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.plan.kernel import Kernel, Lines, Lookup, Map, Product, Random, fault_of
from chainrule.render.builder import INDEX, POINTER, Function, Module, Value, index
from chainrule.render.lines import write_lines
from chainrule.render.lookups import write_lookup
from chainrule.render.maps import write_map
from chainrule.render.products import write_product
from chainrule.render.random import write_random

TABLE = Value("%table", POINTER)


def write_program(kernels: Sequence[Kernel]) -> str:
    """Return the module for `kernels`; its function `run` takes the table of buffer addresses."""
    module = Module()
    for number, kernel in enumerate(kernels):
        match kernel:
            case Map():
                write_map(module, f"kernel{number}", kernel, TABLE)
            case Product():
                write_product(module, f"kernel{number}", kernel, TABLE)
            case Lookup():
                write_lookup(module, f"kernel{number}", kernel, TABLE)
            case Lines():
                write_lines(module, f"kernel{number}", kernel, TABLE)
            case Random():
                write_random(module, f"kernel{number}", kernel, TABLE)
    run = Function(module, "run", [TABLE])
    _write_calls(run, kernels)
    run.finish()
    return str(module)


def _write_calls(run: Function, kernels: Sequence[Kernel]) -> None:
    """Call the kernels in order; where one refuses its input the program ends before it goes on."""
    for number, kernel in enumerate(kernels):
        run.do(f"call void @kernel{number}({TABLE})")
        refusal = fault_of(kernel)
        if refusal is not None:
            fault = run.load(run.address(TABLE, "ptr", index(refusal.index)), POINTER)
            run.leave_if(run.compare("icmp ne", run.load(fault, INDEX), index(0)))
