from devlint.rule import Rule

RULE = Rule(
    code="DEV304",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=("float64", "double", "DoubleTensor", ".to(", "from_numpy(", "as_tensor(", "torch.tensor("),
    targets=("mps",),
)
