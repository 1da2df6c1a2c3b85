"""Models as bytes: written by skops, signed with the instance's secret, and read again only if nobody touched them.

A skops archive runs no code, but one that was rewritten loads and predicts otherwise: hence the signature. It covers
what a model may say and what ranges are widened by, too, which is kept beside the bytes.
"""

from __future__ import annotations

import datetime as dt
import zipfile
import zlib
from typing import Any

import numpy as np
import skops.io
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.feature_extraction.text import TfidfVectorizer

from analytics.estimates.boosting import QUANTILES, Model
from analytics.estimates.features import CATEGORIES, MOST_CODES, Encoder
from analytics.estimates.figures import history_names
from analytics.estimates.plans import Plan
from analytics.seals import is_genuine

TRUSTED = [
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    # How a regressor with categories hands them to itself: a partial of this one function.
    "functools.partial",
    "sklearn.utils.validation.check_array",
]
"""Beyond what skops trusts by itself. A list of ours, never what a file asks for."""
_PROBE = Plan(task=0, day=dt.date(2000, 1, 1), estimate=1.0, project=0, title="probe")
_NO_MODEL = (
    ArithmeticError, AttributeError, EOFError, ImportError, LookupError, NotImplementedError, OSError, RecursionError,
    TypeError, ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What reading raises where bytes are no archive, an archive holds no model, or a model is not what it says."""


class Forged(Exception):
    """The bytes are not what this instance has signed, or no model."""


def dump(model: Model) -> bytes:
    encoder = model.encoder
    parts = {"regressors": model.regressors, "words": encoder.words, "topics": encoder.topics}
    # Trees are mostly text in there: a third of the size, and no slower to read.
    return bytes(skops.io.dumps(parts, compression=zipfile.ZIP_DEFLATED, compresslevel=1))


def load(data: bytes, signature: str, facts: dict[str, Any]) -> Model:
    """Raises Forged. In `facts["codes"]` is what `Encoder.settings` gave."""
    if not is_genuine(data, signature, facts):
        raise Forged("The signature does not fit.")
    try:
        model = _model(skops.io.loads(data, trusted=TRUSTED), facts["codes"])
        said = model.predict([_PROBE], np.zeros((1, len(history_names(estimated=model.encoder.estimated)))))
    except _NO_MODEL as error:
        raise Forged("This is no model.") from error
    if not all(np.isfinite(numbers).all() for numbers in (said.low, said.middle, said.high)):
        raise Forged("It says nothing.")
    return model


def _model(parts: dict[str, Any], settings: dict[str, Any]) -> Model:
    regressors, words, topics = parts["regressors"], parts["words"], parts["topics"]
    if not all(isinstance(one, HistGradientBoostingRegressor) for one in regressors):
        raise TypeError("These are other regressors.")
    if [one.quantile for one in regressors] != list(QUANTILES):
        raise ValueError("These are other quantiles.")
    are_words = isinstance(words, TfidfVectorizer) and isinstance(topics, TruncatedSVD)
    if (words, topics) != (None, None) and not are_words:
        raise TypeError("These are no words.")
    if type(settings["estimated"]) is not bool:
        raise TypeError("It says neither yes nor no.")
    encoder = Encoder(estimated=settings["estimated"])
    encoder.codes, encoder.words, encoder.topics = _codes(settings["codes"]), words, topics
    return Model(encoder, regressors)


def _codes(codes: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    if set(codes) != set(CATEGORIES):
        raise ValueError("These are other categories.")
    # True and 1.0 would be found in the range, too.
    places = [place for one in codes.values() for place in one.values()]
    if any(type(place) is not int or place not in range(MOST_CODES) for place in places):
        raise ValueError("There are no such codes.")
    return codes
