"""How many threads the libraries that reckon use."""

from __future__ import annotations

import os


def use_one_thread() -> None:
    """Let each product of matrices be made by one thread, unless ``OMP_NUM_THREADS`` says otherwise.

    Those of a question are small: further threads make them no quicker, and keep other cores busy waiting. OpenBLAS
    and OpenMP read the variable when NumPy and FAISS are imported, so this comes first.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
