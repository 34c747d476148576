"""`python -m cepstra`, where the entry point `cepstra` is not on the path."""

import sys
from pathlib import Path

try:
    from cepstra.cli._commands import main
except ModuleNotFoundError as error:
    if error.name != "click":
        raise
    here = Path(__file__).resolve().parent.parent
    sys.exit(f"Cepstra is not set up in {here} yet: cd there and run `make setup-cli`.")

if __name__ == "__main__":
    main(prog_name="cepstra")
