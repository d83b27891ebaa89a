"""The rules that come with devlint; they enter through the entry point group `devlint.rules` like any other pack."""
