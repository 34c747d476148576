"""The classic design, plainly: append to a CSV file, fit anew, pickle. For comparison only.

Files of a speaker lie in the folder that CLASSIC_DATA names. Nothing is locked, so two calls for
one speaker at once may spoil its files; that is part of the design.
"""

from __future__ import annotations

import os
import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from flask import Flask, request
from flask_restful import Api, Resource
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

N_COMPONENTS = 5
HELD_OUT_FRAMES = 5  # every fifth frame is reference speech


class Train(Resource):  # type: ignore[misc]
    """Training takes."""

    def put(self) -> Any:
        """Keep the frames, fit a mixture to all there are, keep that."""
        with _csv().open("ab") as file:
            np.savetxt(file, _sent_frames(), delimiter=",")
        frames = np.loadtxt(_csv(), delimiter=",", ndmin=2)
        held_out = np.arange(len(frames)) % HELD_OUT_FRAMES == 0
        mixture = GaussianMixture(N_COMPONENTS, reg_covar=1e-3, random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            mixture.fit(frames[~held_out])
        reference = mixture.score_samples(frames[held_out])
        threshold = float(reference.mean() - reference.std())
        _pickle().write_bytes(pickle.dumps((mixture, threshold)))
        return {"train_data_length": len(frames), "score_threshold": threshold}


class Score(Resource):  # type: ignore[misc]
    """Attempts."""

    def put(self) -> Any:
        """Read the mixture and count the frames above the threshold."""
        mixture, threshold = pickle.loads(_pickle().read_bytes())
        scores = mixture.score_samples(_sent_frames())
        return {"average": float(scores.mean()), "score": int((scores > threshold).sum())}


def create_app() -> Flask:
    """Build the application."""
    app = Flask(__name__)
    api = Api(app)
    api.add_resource(Train, "/train")
    api.add_resource(Score, "/score")
    app.add_url_rule("/health", "health", lambda: {"status": "ok"})
    return app


def _sent_frames() -> NDArray[np.float64]:
    return np.array(request.get_json()["mfcc"])[:, 1:]


def _csv() -> Path:
    return _folder() / f"{request.args['speaker']}.csv"


def _pickle() -> Path:
    return _folder() / f"{request.args['speaker']}.pickle"


def _folder() -> Path:
    return Path(os.environ["CLASSIC_DATA"])
