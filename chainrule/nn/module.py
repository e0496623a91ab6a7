"""Modules: functions with parameters inside, which they find by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Self

from chainrule.build.record import looked_at
from chainrule.build.source import inside_layer
from chainrule.build.tensor import Array
from chainrule.build.variable import Variable
from chainrule.errors import OptionError
from chainrule.nn.initializers.initializer import Initializer
from chainrule.nn.state import checked, content_of
from chainrule.nn.summary import Step, table


class Module:
    """A layer, or a model made of layers: a function y = f(x; θ) that holds its parameters θ.

    A subclass sets variables and other modules as attributes, also inside lists, tuples and
    dictionaries, and writes `forward`. Calling the module runs `forward`; every tensor made there
    and every error raised there knows the layer.

    >>> class Scale(Module):
    ...     def __init__(self) -> None:
    ...         self.factor = Variable(3.0, trainable=True, name="factor")
    ...
    ...     def forward(self, x: Any) -> Any:
    ...         return self.factor * x
    >>> model = Scale()
    >>> model([1.0, 2.0])
    Tensor([3., 6.], float32)
    >>> model.parameters()
    [Variable(factor: float32[])]
    """

    # Whether it is being trained, and the name that another module holds it under. A subclass need
    # not call this class's constructor, so these are the values before any is set.
    training: bool = True
    place: str = ""

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        for place, inner in _found_in(name, value):
            if isinstance(inner, Module):
                inner.place = place

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        """Return `forward(*inputs)`."""
        with inside_layer(self._named()):
            return self.forward(*inputs, **options)

    def _named(self) -> str:
        """The module in a few words, after the name that another holds it under."""
        return f"{self.place}, {self.title()}" if self.place else self.title()

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """Compute the module's result; every subclass writes its own."""
        raise NotImplementedError(f"{type(self).__name__} has no forward(); write one")

    def held(self) -> Iterator[tuple[str, Variable | Module]]:
        """Go through the variables and modules that the attributes hold, each with its name."""
        for name, value in vars(self).items():
            yield from _found_in(name, value)

    def children(self) -> list[tuple[str, Module]]:
        """Return the modules held directly, each with its name."""
        return [(name, inner) for name, inner in self.held() if isinstance(inner, Module)]

    def named_modules(self) -> list[tuple[str, Module]]:
        """Return the module itself, named "", and all inside, each once, with their paths."""
        found: dict[Module, str] = {}
        _gather(self, "", found)
        return [(path, module) for module, path in found.items()]

    def modules(self) -> list[Module]:
        """Return the module itself and all inside, each once."""
        return [module for _, module in self.named_modules()]

    def named_variables(self) -> list[tuple[str, Variable]]:
        """Return all variables with their paths ("0.weight"), each once, under its first path."""
        found: dict[Variable, str] = {}
        for path, module in self.named_modules():
            for name, inner in module.held():
                if isinstance(inner, Variable):
                    found.setdefault(inner, joined(path, name))
        return [(path, variable) for variable, path in found.items()]

    def variables(self) -> list[Variable]:
        """Return all variables, each once: parameters, and others such as random counters."""
        return [variable for _, variable in self.named_variables()]

    def named_parameters(self) -> list[tuple[str, Variable]]:
        """Return the trainable variables with their paths, each once even where it is shared."""
        return [(path, found) for path, found in self.named_variables() if found.trainable]

    def parameters(self) -> list[Variable]:
        """Return the trainable variables, each once even where it is shared."""
        return [variable for _, variable in self.named_parameters()]

    def state(self) -> dict[str, Array]:
        """Return a copy of every variable's content by path; a shared one has its first path."""
        return {path: content_of(variable) for path, variable in self.named_variables()}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Give every variable its content from `state`, in the form that `state()` returns.

        Floating numbers are converted to the variable's data type.

        Errors: `DataError` that lists every missing, unexpected or unfitting name; nothing is
        changed then.
        """
        for variable, content in checked(self.named_variables(), state):
            variable.assign(content)

    def train(self, mode: bool = True) -> Self:
        """Switch the module and all inside to training, and return it."""
        if not isinstance(mode, bool):
            raise OptionError(f"train() takes True or False, got {mode!r}")
        for module in self.modules():
            module.training = mode
        return self

    def evaluate(self) -> Self:
        """Switch the module and all inside to evaluation (no dropout), and return it."""
        return self.train(mode=False)

    def is_training(self) -> bool:
        """Tell whether the module is being trained; a compiled function notices when it changes."""
        return bool(looked_at(self, "training", self._named))

    def features_after(self, features: int | None) -> int | None:
        """Return the length of the result's last axis for that of the input; `None` if unknown.

        Errors: `ShapeError` where the module takes another number of features.
        """
        return None

    def flow(self, features: int | None) -> Iterator[Step]:
        """Go through the modules inside, each with the features that it gets and gives.

        Here each stands for itself, since only `forward` knows in which order they run.
        """
        for name, inner in self.children():
            yield Step(name, inner, None, inner.features_after(None))

    def initializer_before(self, following: Initializer | None) -> Initializer | None:
        """Take note of the initializer that suits what follows; return the one to suit this module.

        `None` is no preference.
        """
        return None

    def arguments(self) -> str:
        """Return what stands between the brackets of the title."""
        return ""

    def title(self) -> str:
        """Return the module in a few words, such as Linear(4, 5)."""
        return f"{type(self).__name__}({self.arguments()})"

    def summary(self) -> str:
        """Return a table of the layers: what each gives, and how many parameters it has."""
        return table(self)

    def __repr__(self) -> str:
        inner = "".join(f"\n{name}: {module!r}" for name, module in self.children())
        return f"{type(self).__name__}({indented(inner)}\n)" if inner else self.title()


def joined(path: str, name: str) -> str:
    """Return the path of what is held under `name` by the module at `path`."""
    return f"{path}.{name}" if path else name


def indented(lines: str) -> str:
    """Return `lines` moved to the right, as what stands inside."""
    return lines.replace("\n", "\n  ")


def _found_in(name: str, value: Any) -> Iterator[tuple[str, Variable | Module]]:
    """Go through the variables and modules in an attribute's value."""
    if isinstance(value, Variable | Module):
        yield name, value
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _found_in(f"{name}.{index}", item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _found_in(f"{name}.{key}", item)


def _gather(module: Module, path: str, found: dict[Module, str]) -> None:
    """Enter `module` and all inside into `found`; one met again keeps its first path."""
    if module not in found:
        found[module] = path
        for name, inner in module.children():
            _gather(inner, joined(path, name), found)
