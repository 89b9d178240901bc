"""Links to the repository, Binder and Colab, for whoever builds the book: nothing about one owner is written down."""

import os
import re
import subprocess
from urllib.parse import urlsplit


HOSTS = ("github", "gitlab", "bitbucket")  # those that the theme can link to
COLAB = "https://colab.research.google.com"
COLAB_BRANCH = "notebooks"  # where the workflow puts what tools/colab.py makes
_SSH = re.compile(r"(?:[\w.-]+@)?([\w.-]+):(?!/)(.+)")  # git@host:owner/name.git


def clean(remote):
    """A public https address for a git remote, or ``None`` if it names no host that the theme can link to.

    Parameters
    ----------
    remote : str
        As in ``git remote get-url``: https with or without credentials, ssh in either spelling, or a path.

    Returns
    -------
    str or None
        ``https://host/owner/name`` without credentials, port, query, trailing slash or ``.git``.
    """
    short = _SSH.fullmatch(remote.strip())
    parts = urlsplit(f"ssh://{short[1]}/{short[2]}" if short and "://" not in remote else remote.strip())
    path = parts.path.strip("/").removesuffix(".git")
    if not parts.hostname or path.count("/") < 1 or not any(host in parts.hostname for host in HOSTS):
        return None
    return f"https://{parts.hostname}/{path}"


def repository(environment, remote=""):
    """Where this book's source lives, or ``None``.

    Parameters
    ----------
    environment : mapping
        ``GHOSTBOOK_REPOSITORY`` decides if it is set (empty: no links at all); else ``GITHUB_REPOSITORY`` on
        ``GITHUB_SERVER_URL``, as in a workflow.
    remote : str
        The git remote, asked last.
    """
    if "GHOSTBOOK_REPOSITORY" in environment:
        return clean(environment["GHOSTBOOK_REPOSITORY"])
    if environment.get("GITHUB_REPOSITORY"):
        return clean(f"{environment.get('GITHUB_SERVER_URL', 'https://github.com')}/{environment['GITHUB_REPOSITORY']}")
    return clean(remote)


def theme_options(url):
    """The theme's options that make the buttons for the repository at `url`, or none of them if it is ``None``."""
    return {
        "repository_url": url or "",
        "path_to_docs": "book" if url else "",
        "use_repository_button": bool(url),
        "use_issues_button": bool(url),
        "launch_buttons": {"notebook_interface": "jupyterlab", "binderhub_url": "https://mybinder.org"} if url else {},
    }


def colab_button(url, pagename):
    """The theme's button that opens a chapter of the repository at `url` in Colab, which knows GitHub alone."""
    return {
        "type": "link",
        "text": "Colab",
        "tooltip": "Launch on Colab",
        "icon": "_static/images/logo_colab.png",
        "url": f"{COLAB}/github{urlsplit(url).path}/blob/{COLAB_BRANCH}/{pagename}.ipynb",
    }


def remote(directory):
    """What git calls origin there, or ""."""
    asked = subprocess.run(
        ["git", "remote", "get-url", "origin"], cwd=directory, capture_output=True, text=True, check=False
    )
    return asked.stdout.strip()


def _set_buttons(app, config):
    config.html_theme_options.update(theme_options(repository(os.environ, remote(app.srcdir))))


def _add_colab(app, pagename, templatename, context, doctree):
    url = app.config.html_theme_options["repository_url"]
    if url.startswith("https://github.com/"):
        for group in context["header_buttons"]:
            if group["label"] == "launch-buttons":
                group["buttons"].append(colab_button(url, pagename))


def setup(app):
    app.connect("config-inited", _set_buttons)
    app.connect("html-page-context", _add_colab, priority=502)  # the theme's own buttons come at 501
