"""What expressions are called: paths, last names, and one dotted name for each library thing."""

from __future__ import annotations

import ast


def path_of(node: ast.AST | None) -> str | None:
    """``self.a.b[0]`` as text: the name under which a state keeps what such an expression holds."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            base = path_of(value)
            return base and f"{base}.{attr}"
        case ast.Subscript(value=value, slice=ast.Constant(value=key)):
            base = path_of(value)
            return base and f"{base}[{key!r}]"
    return None


def item_of(node: ast.Subscript) -> str | None:
    """``held[key]`` as text, where the key is a name or an attribute: the same item until one of the two is bound."""
    base, key = path_of(node.value), path_of(node.slice)
    return f"{base}[{key}]" if base and key else None


#: readers whose first constant argument names what is read: ``kwargs.get("ngpu")``, ``getattr(args, "device")``
_GETTERS = frozenset(("get", "getboolean", "getint", "pop", "getenv", "setdefault"))
_WRAPPERS = frozenset(("bool", "int", "str", "len", "eval", "literal_eval", "float"))


def last_name(node: ast.AST | None) -> str | None:
    """The name that says what an expression is: of ``args.use_cuda``, ``opt["use_cuda"]`` and
    ``kwargs.get("use_cuda")`` alike it is ``use_cuda``."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            return key
        case ast.Subscript(value=value):
            return last_name(value)
        case ast.Call(func=ast.Attribute(attr=reader), args=[ast.Constant(value=str(key)), *_]) if reader in _GETTERS:
            return key
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str(key)), *_]):
            return key
        case ast.Call(func=ast.Attribute(value=inner, attr="lower" | "strip"), args=[]):
            return last_name(inner)
        case ast.Call(func=ast.Name(id=wrapper) | ast.Attribute(attr=wrapper), args=[inner]) if wrapper in _WRAPPERS:
            return last_name(inner)
    return None


def tensor_tested(node: ast.AST) -> ast.expr | None:
    """``x`` of ``isinstance(x, torch.Tensor)`` and ``torch.is_tensor(x)``."""
    match node:
        case ast.Call(func=ast.Name(id="isinstance"), args=[subject, kinds]):
            parts = kinds.elts if isinstance(kinds, ast.Tuple) else [kinds]
            return subject if any((last_name(part) or "").endswith("Tensor") for part in parts) else None
        case ast.Call(func=ast.Attribute(attr="is_tensor"), args=[subject]):
            return subject
    return None


def imported_name(node: ast.ImportFrom, name: str) -> str:
    """Dotted name of what ``from module import name`` brings; relative imports keep their dots."""
    module = "." * node.level + (node.module or "")
    return canonical(module + ("" if not module or module.endswith(".") else ".") + name)


#: second homes of the same thing -> the first
_SAME = {
    "torch.nn.modules.module.Module": "torch.nn.Module",
    "torch.serialization.load": "torch.load",
    "torch.serialization.save": "torch.save",
    "torch.utils.model_zoo.load_url": "torch.hub.load_state_dict_from_url",
    "torch.hub.load_url": "torch.hub.load_state_dict_from_url",
    "torchvision.models.utils.load_state_dict_from_url": "torch.hub.load_state_dict_from_url",
    "torchvision._internally_replaced_utils.load_state_dict_from_url": "torch.hub.load_state_dict_from_url",
    "torch.autograd.variable.Variable": "torch.autograd.Variable",
    "os.getenv": "os.environ.get",
}


def canonical(name: str) -> str:
    """One dotted name for each thing."""
    return _SAME.get(name, name)
