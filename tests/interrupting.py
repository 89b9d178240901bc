"""Ctrl-C as a system may deliver it: to a thread that is not the main one, which sleeps on."""

import signal
import threading


def interrupt_elsewhere(after=0.3):
    """Send this process SIGINT in so many seconds, handed to a thread of its own."""
    threading.Timer(after, lambda: signal.pthread_kill(threading.get_ident(), signal.SIGINT)).start()
