from devlint.rule import Rule

RULE = Rule(
    code="DEV202",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=(
        "np.", "numpy.", "plt.", "pyplot.", "scipy.", "signal.", "stats.", "ndimage.", "interpolate.", "sklearn.",
        "metrics.", "_score(", "confusion_matrix(", "roc_curve(", "cdist(", "linear_sum_assignment(", "pd.", "pandas.",
        "sf.", "soundfile.", "librosa.", "sns.", "imageio.", "torchaudio.save(",
    ),
)  # fmt: skip
