"""From LLVM IR to functions in memory: verified, compiled for this processor, ready to call."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

from chainrule.fuse.group import NotNativeError


class MachineCode:
    """A compiled module; it lives as long as one of its functions."""

    def __init__(self, text: str) -> None:
        llvm = _llvm()
        module = llvm.parse_assembly(text)
        module.verify()
        target = llvm.Target.from_default_triple().create_target_machine(
            cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=2
        )
        # The engine takes the target machine over, so each needs its own.
        self._engine = llvm.create_mcjit_compiler(module, target)
        self._engine.finalize_object()

    def function(self, name: str) -> Any:
        """Return the function `name`, which takes one address."""
        address = self._engine.get_function_address(name)
        found = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(address)
        found.owner = self  # type: ignore[attr-defined]  # the code must outlive who can call it
        return found


@cache
def _llvm() -> Any:
    try:
        import llvmlite.binding as llvm
    except ImportError as error:
        raise NotNativeError("llvmlite, which makes the machine code, is not installed") from error
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm
