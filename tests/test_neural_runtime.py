"""The library that runs the networks keeps to itself."""

import os
import subprocess
import sys

from surroundings import ROOT

LOAD = "from cepstra.verification import shipped; shipped.load_fusion()"


def test_nothing_is_noted_about_its_use_for_its_maker(tmp_path):
    """ONNX Runtime keeps an id of the device and what it will report in the home folder."""
    kept_back = ("XDG_CACHE_HOME", "ORT_DISABLE_TELEMETRY")
    environment = {name: text for name, text in os.environ.items() if name not in kept_back}
    environment["HOME"] = str(tmp_path)
    subprocess.run([sys.executable, "-c", LOAD], cwd=ROOT, env=environment, check=True)
    assert list(tmp_path.rglob("*")) == []
