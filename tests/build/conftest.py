"""Every module that may hold a primitive, imported, so that the registry is complete."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import chainrule.build
import chainrule.derive

for package in (chainrule.build, chainrule.derive):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        import_module(module.name)
