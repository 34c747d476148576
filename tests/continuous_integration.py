"""Whether this run is one of CI, where nothing may be missing."""

import os

IN_CI = os.environ.get("CI") == "true"
