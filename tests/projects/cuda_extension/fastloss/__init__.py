"""The loss: by the extension, or without it where it was not compiled."""

try:
    from fastloss.loss import loss
except ImportError:
    from fastloss.reference import loss

__all__ = ["loss"]
