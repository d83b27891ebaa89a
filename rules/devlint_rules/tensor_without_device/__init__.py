from devlint.rule import Rule

RULE = Rule(
    code="DEV206",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=(
        "zeros(", "ones(", "full(", "empty(", "rand(", "randn(", "randint(", "randperm(", "normal(", "arange(",
        "linspace(", "logspace(", "eye(", "tensor(", "as_tensor(", "asarray(", "from_numpy(", "Tensor(",
        "tril_indices(", "triu_indices(", "_window(",
    ),
)  # fmt: skip
