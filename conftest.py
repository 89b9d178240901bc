"""What pytest needs in the whole project: chapters as tests, a browser, and the style of the book."""

import signal

from hypothesis import settings


# The same examples on every run, and no limit on the time of one: the first call of a compiled function compiles it.
settings.register_profile("book", deadline=None, derandomize=True)
settings.load_profile("book")

# A shell's background has Ctrl-C ignored and hands that on; a test that interrupts itself would then wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["notebooks", "browser", "built", "drawing", "trained", "untrained"]
