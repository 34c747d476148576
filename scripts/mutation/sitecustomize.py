"""Note which functions every Python process of a test run reached, servers included.

Python imports a module of this name at start from PYTHONPATH; scripts/mutation/sample.py puts it
there and reads the notes.
"""

import atexit
import os
from pathlib import Path


def _note() -> None:
    from mutmut.state import state

    path = Path(os.environ["MUTATION_REACHED"]) / str(os.getpid())
    path.write_text("\n".join(state()._stats))


if "MUTATION_REACHED" in os.environ:
    atexit.register(_note)
