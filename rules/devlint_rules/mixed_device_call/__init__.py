from devlint.rule import Rule

RULE = Rule(
    code="DEV209",
    since="0.1",
    severity="error",
    stability="stable",
    # words of calls of models and losses, and of what packs: every expression may mix, and to look at all costs too
    # much
    triggers=(
        "model", "net(", "loss", "criterion", "entropy", "encoder(", "decoder(", "backbone(", "classifier(",
        "generator(", "discriminator(", "vocoder(", "pack_padded_sequence(",
    ),
)  # fmt: skip
