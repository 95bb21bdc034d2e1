"""The checks, one family a file: a file here that has `check(world)` is run by `engine.lint.run`."""
