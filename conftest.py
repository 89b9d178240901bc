"""What pytest needs in the whole project: chapters as tests, a browser, and the style of the book."""

from hypothesis import settings


# The same examples on every run, and no limit on the time of one: the first call of a compiled function compiles it.
settings.register_profile("book", deadline=None, derandomize=True)
settings.load_profile("book")

pytest_plugins = ["notebooks", "browser", "drawing", "trained", "untrained"]
