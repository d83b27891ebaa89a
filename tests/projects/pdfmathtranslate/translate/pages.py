"""Finds the layout of pages, with `torch` or without."""

from translate.models import chosen


def layouts(model, images):
    for image in images:
        yield model.predict(image, device=chosen())[0]  # expect: DEV106 cuda
