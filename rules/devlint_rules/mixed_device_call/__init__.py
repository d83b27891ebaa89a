from devlint.rule import Rule

RULE = Rule(
    code="DEV209",
    since="0.1",
    severity="error",
    stability="stable",
    # words that calls of models and losses have: every expression may mix, and looking at them all costs too much
    triggers=(
        "model", "net(", "loss", "criterion", "entropy", "encoder(", "decoder(", "backbone(", "classifier(",
        "generator(", "discriminator(", "vocoder(",
    ),
)  # fmt: skip
