"""Running code before and after a repair, in worlds, away from everything that is not its own."""
