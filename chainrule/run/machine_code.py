"""From LLVM IR to functions in memory: verified, made for a machine, loaded, ready to call.

The object code is the same whether it was made just now or comes from the cache, and it is loaded
in the same way. Vectors are explicit in the IR, so that none of LLVM's optimizations of IR are run.
"""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from chainrule.errors import ChainruleError, OptionError
from chainrule.fuse.group import NotNativeError
from chainrule.plan.machine import Machine, machine
from chainrule.run.cache import Cache, key

VARIABLE = "CHAINRULE_WIDTH"
LIBRARY = "program"
DEFINED = re.compile(r"\ndefine (?!internal)[^(]*@([\w.]+)\(")
# Above 1 the code is as fast and takes a tenth longer to make; at 0 it is five times slower.
CODE_OPTIONS: dict[str, Any] = {"opt": 1, "reloc": "pic", "codemodel": "small"}


def host(width: int | None = None) -> Machine:
    """Return this machine, with vectors of `width` bits: by default the widest that it has.

    The environment variable `CHAINRULE_WIDTH` is the default of `width`. A width below the widest
    leaves out what needs a wider one: 256 bits are AVX2 without AVX-512; 128 bits are SSE without
    AVX and so without fused multiply-add, which is the code that an old processor needs.

    Errors: `OptionError` where the processor has no vectors of `width` bits; `NotNativeError` where
    llvmlite is missing.
    """
    return _host(_wanted_width() if width is None else width)


@cache
def _host(width: int | None) -> Machine:
    llvm = _llvm()
    triple = llvm.get_process_triple()
    features = dict(llvm.get_host_cpu_features())
    architecture = llvm.get_triple_parts(triple).Arch
    return machine(architecture, llvm.get_host_cpu_name(), features, triple, width)


def _wanted_width() -> int | None:
    named = os.environ.get(VARIABLE, "")
    if not named:
        return None
    if not named.isdecimal():
        raise OptionError(f"{VARIABLE} is a number of bits such as 256, got {named!r}")
    return int(named)


def object_code(text: str, target: Machine) -> bytes:
    """Return the object file that the IR in `text` becomes on `target`, which may be another's.

    Errors: `ChainruleError` where LLVM refuses the IR, `OptionError` where it does not know the
    target, `NotNativeError` where llvmlite is missing.
    """
    generator = _generator(target)
    code: bytes = generator.emit_object(_module(text, target, generator))
    return code


def assembly(text: str, target: Machine) -> str:
    """Return the instructions that the IR in `text` becomes on `target`, for a person to read.

    Errors: those of `object_code`.
    """
    generator = _generator(target)
    written: str = generator.emit_assembly(_module(text, target, generator))
    return written


@dataclass(frozen=True)
class Listing:
    """A program whose IR is written when it is needed: `identity` determines it.

    `functions` are those of its functions that can be called from outside.
    """

    identity: str
    functions: Sequence[str]
    write: Callable[[], str]


def listing(text: str) -> Listing:
    """Return IR that is there already."""
    return Listing(text, DEFINED.findall(f"\n{text}"), lambda: text)


class MachineCode:
    """A program in memory; it lives as long as one of its functions.

    It is taken from `store` where that has it, else made from the IR for `target` and kept there.

    Errors: those of `object_code`; `NotNativeError` also where the program calls what is not there
    or the system allows no new code in memory.
    """

    def __init__(self, program: str | Listing, target: Machine, store: Cache | None = None) -> None:
        source = listing(program) if isinstance(program, str) else program
        name = _key(source.identity, target)
        kept = store.find(name) if store else None
        code = kept or object_code(source.write(), target)
        if store and kept is None:
            store.keep(name, code)
        # A linker of its own for each program: what is shared would keep a bit of each for ever.
        self._linker, self._library = _load(code, source.functions)

    def function(self, name: str, parameters: Sequence[Any] = (ctypes.c_void_p,)) -> Any:
        """Return the function `name`, which returns nothing; by default it takes one address.

        Errors: `OptionError` where the program has no such function.
        """
        try:
            address = self._library[name]
        except KeyError as error:
            raise OptionError(f"the program has no function {name!r}") from error
        found = ctypes.CFUNCTYPE(None, *parameters)(address)
        found.owner = self  # type: ignore[attr-defined]  # the code must outlive who can call it
        return found


def _load(code: bytes, names: Sequence[str]) -> tuple[Any, Any]:
    """A linker, and the library in it with the addresses of `names`.

    The addresses are asked for here: what a later look-up gives back unloads the code at its end.
    """
    llvm = _llvm()
    library = llvm.JITLibraryBuilder().add_object_img(code).add_current_process()
    for name in names:
        library.export_symbol(name)
    try:
        linker = llvm.create_lljit_compiler(use_jit_link=True, suppress_errors=True)
        return linker, library.link(linker, LIBRARY)
    except RuntimeError as error:
        raise NotNativeError(f"the machine code cannot be loaded: {error}") from error


def _key(identity: str, target: Machine) -> str:
    """What the object code depends on."""
    llvm = _llvm()
    made_by = (llvm.llvm_version_info, _version(), sorted(CODE_OPTIONS.items()))
    return key(identity, target.triple, target.cpu, target.features, repr(made_by))


def _generator(target: Machine) -> Any:
    llvm = _llvm()
    try:
        found = llvm.Target.from_triple(target.triple)
    except RuntimeError as error:
        raise OptionError(f"LLVM makes no code for {target.triple!r}: {error}") from error
    return found.create_target_machine(cpu=target.cpu, features=target.features, **CODE_OPTIONS)


def _module(text: str, target: Machine, generator: Any) -> Any:
    """The module, verified: what is not well formed would end the process later."""
    try:
        module = _llvm().parse_assembly(text)
        module.verify()
    except RuntimeError as error:
        raise ChainruleError(f"LLVM refuses the program: {error}") from error
    module.triple = target.triple
    module.data_layout = str(generator.target_data)
    return module


@cache
def _version() -> str:
    import llvmlite

    return str(llvmlite.__version__)


@cache
def _llvm() -> Any:
    try:
        import llvmlite.binding as llvm
    except ImportError as error:
        raise NotNativeError("llvmlite, which makes the machine code, is not installed") from error
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    return llvm
