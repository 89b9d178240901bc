"""What pytest needs in the whole project: chapters are collected as tests, and a browser is a fixture."""

pytest_plugins = ["notebooks", "browser"]
