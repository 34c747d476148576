"""ONNX Runtime on one thread, and silent: by default it reports its use to its maker."""

from __future__ import annotations

import os
from functools import lru_cache

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when the library is loaded, so it comes first
import onnxruntime  # noqa: E402

LOG_ERRORS_ONLY = 3


@lru_cache(maxsize=8)
def open_session(model: bytes) -> onnxruntime.InferenceSession:
    """Return a session that runs an ONNX file on one thread of the processor.

    A process has one session of a file: any number of threads may run it at once.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = LOG_ERRORS_ONLY
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
