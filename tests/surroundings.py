"""Where the tests run: the folder of the repository, and whether on CI, which has everything."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI") == "true"
