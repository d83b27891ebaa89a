from devlint.rule import Rule

RULE = Rule(
    code="DEV204",
    since="0.1",
    severity="error",
    stability="stable",
    # factories, and words that functions which make constant tensors have
    triggers=(
        "zeros(", "ones(", "full(", "empty(", "rand(", "randn(", "randint(", "randperm(", "normal(", "arange(",
        "linspace(", "logspace(", "eye(", "tensor(", "as_tensor(", "asarray(", "from_numpy(", "Tensor(",
        "tril_indices(", "triu_indices(", "_window(", "encoding(", "encodings(", "embed(", "embedding(", "embeddings(",
        "mask(", "masks(", "kernel(", "filter(", "filters(", "anchor(", "anchors(", "matrix(",
    ),
)  # fmt: skip
