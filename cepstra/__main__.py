"""The command `cepstra`, and `python -m cepstra` where that is not on the path."""

import sys
from pathlib import Path

from cepstra.exit_status import Exit


def main() -> None:
    """Run the command; Ctrl-C ends it quietly also while it is loaded."""
    try:
        from cepstra.cli._commands import main as run
    except ModuleNotFoundError as error:
        if error.name != "click":
            raise
        here = Path(__file__).resolve().parent.parent
        sys.exit(f"Cepstra is not set up in {here} yet: cd there and run `make setup-cli`.")
    except KeyboardInterrupt:
        sys.exit(Exit.INTERRUPTED)
    run(prog_name="cepstra")


if __name__ == "__main__":
    main()
