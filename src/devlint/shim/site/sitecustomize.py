"""Imported by every Python that a played process starts: play the same world there, then run the ``sitecustomize`` that
this one hides.

Any Python may meet this file, one without devlint and an old one, too; none of them may break.
"""

import importlib.util
import os
import sys
from importlib.machinery import PathFinder

_HERE = os.path.dirname(os.path.abspath(__file__))
_PACKAGE = os.path.dirname(os.path.dirname(_HERE))


def _activate() -> None:
    """Import devlint from where this file is: it need not be on the child's path, which is left as it is."""
    if "devlint" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            "devlint", os.path.join(_PACKAGE, "__init__.py"), submodule_search_locations=[_PACKAGE]
        )
        assert spec is not None
        assert spec.loader is not None
        sys.modules["devlint"] = package = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(package)
    from devlint.shim.activation import activate_child

    activate_child()


def _chain() -> None:
    """Run the next ``sitecustomize`` in place of this one, as if this folder had never been on the path."""
    sys.path[:] = [path for path in sys.path if os.path.abspath(path) != _HERE]
    spec = PathFinder.find_spec("sitecustomize", sys.path)
    if spec is not None and spec.loader is not None:
        sys.modules["sitecustomize"] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)


if sys.version_info >= (3, 10):  # noqa: UP036  a child may be older than devlint allows
    _activate()
_chain()
