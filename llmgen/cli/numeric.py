"""NumPy as commands import it."""

import os

_THREADS = "OPENBLAS_NUM_THREADS"


def import_numpy() -> None:
    """Import NumPy without more threads for linear algebra: nothing here needs them, and they take time to start.

    Programs started from here find their environment as it was.
    """
    if _THREADS not in os.environ:
        os.environ[_THREADS] = "1"
        import numpy  # noqa: F401

        del os.environ[_THREADS]
