"""A small speech synthesizer."""
