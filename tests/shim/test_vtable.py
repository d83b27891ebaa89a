"""Tables of virtual methods."""

from __future__ import annotations

import pytest

from devlint.shim import Unsupported, vtable


def test_slots_count_the_destructor_twice_and_what_is_inherited_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("include")
    (folder / "base.h").write_text(
        "struct TORCH_API Base {\n  virtual ~Base() = default;\n  // virtual void gone();\n"
        "  virtual bool first() const {\n    return false;\n  }\n  virtual void second(int a) const = 0;\n};\n"
    )
    (folder / "derived.h").write_text(
        "struct TORCH_API Derived : Base {\n  virtual ~Derived() = default;\n  virtual void second(int a) const;\n"
        "  virtual int third() const;\n};\nstruct Other {\n  virtual int fourth();\n};\n"
    )
    monkeypatch.setattr(vtable, "_INCLUDE", folder)
    assert vtable._slots((("base.h", "Base"),)) == {"first": 2, "second": 3}
    assert vtable._slots((("base.h", "Base"), ("derived.h", "Derived"))) == {"first": 2, "second": 3, "third": 4}
    with pytest.raises(Unsupported, match="declare no Missing"):
        vtable._slots((("base.h", "Missing"),))


def test_the_headers_of_this_torch_declare_what_the_shim_answers() -> None:
    hooks = vtable._slots((("ATen/detail/AcceleratorHooksInterface.h", "AcceleratorHooksInterface"),))
    assert hooks["isBuilt"] == 2
    assert {"isAvailable", "deviceCount", "getCurrentDevice", "getPinnedMemoryAllocator"} <= hooks.keys()
    guard = vtable._slots((("c10/core/impl/DeviceGuardImplInterface.h", "DeviceGuardImplInterface"),))
    assert guard["type"] == 0
    assert {"record", "synchronizeEvent", "elapsedTime"} <= guard.keys()
