"""What pytest needs in the whole project: chapters are collected as tests, and a browser is a fixture."""

from hypothesis import settings


# The same examples on every run, and no limit on the time of one: the first call of a compiled function compiles it.
settings.register_profile("book", deadline=None, derandomize=True)
settings.load_profile("book")

pytest_plugins = ["notebooks", "browser"]
