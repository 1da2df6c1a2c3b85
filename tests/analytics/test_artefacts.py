"""A model comes back as it was, or not at all."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.base import clone
from sklearn.linear_model import LinearRegression

from analytics.artefacts import Forged, dump, load
from analytics.estimates.figures import history_of
from analytics.estimates.history import Past
from analytics.seals import sign
from tests.analytics.learned import make_outcomes, small_artefact, small_model


def facts(**changes: Any) -> dict[str, Any]:
    codes = deepcopy(small_model().encoder.settings())
    return {"kind": "time-estimate", "points": True, "codes": codes, "spans": {"1": [0.5, 1.5]}} | changes


def refused(data: bytes, signature: str | None = None, **changes: Any) -> str:
    with pytest.raises(Forged) as error:
        load(data, sign(data, facts(**changes)) if signature is None else signature, facts(**changes))
    return str(error.value)


def parts_with(**changes: Any) -> bytes:
    encoder = small_model().encoder
    parts = {"regressors": small_model().regressors, "words": encoder.words, "topics": encoder.topics}
    return bytes(skops.io.dumps(parts | changes))


@pytest.mark.parametrize("estimated", [True, False])
def test_what_comes_back_says_the_same_to_the_last_bit(estimated: bool):
    model, data = small_model(estimated=estimated), small_artefact(estimated=estimated)
    past = Past(make_outcomes(90))
    plans = [one.plan for one in past.outcomes]
    rows = history_of(past, plans, estimated=estimated)

    codes = facts(codes=model.encoder.settings())
    read = load(data, sign(data, codes), codes)

    for name in ("low", "middle", "high"):
        assert np.array_equal(getattr(read.predict(plans, rows), name), getattr(model.predict(plans, rows), name))


def test_words_come_back(quick_models: None):
    past = Past(make_outcomes(330))
    plans = [one.plan for one in past.outcomes]
    rows = history_of(past, plans, estimated=True)
    words = [f"{plan.title} {plan.task % 30} about{plan.task % 30}" for plan in plans]
    titled = [type(plan)(**{**_fields(plan), "title": title}) for plan, title in zip(plans, words, strict=True)]
    model = type(small_model()).fit(titled, rows, past.ratios, estimated=True)
    assert model.encoder.topics is not None

    data, codes = dump(model), facts(codes=model.encoder.settings())
    read = load(data, sign(data, codes), codes)

    assert np.array_equal(read.predict(titled, rows).high, model.predict(titled, rows).high)


def _fields(plan: Any) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in plan.__slots__}


def test_it_is_packed():
    parts = {"regressors": small_model().regressors, "words": None, "topics": None}

    assert len(small_artefact()) < 0.5 * len(skops.io.dumps(parts))


def test_bytes_that_were_cut_or_changed():
    data = small_artefact()
    signature = sign(data, facts())
    changed = bytearray(data)
    changed[len(data) // 2] ^= 1

    for other in (data[: len(data) // 2], bytes(changed), b"", data + b" "):
        assert refused(other, signature) == "The signature does not fit."


def test_a_right_archive_that_another_has_signed(settings):
    data = small_artefact()
    settings.SECRET_KEY = "of another instance"
    theirs = sign(data, facts())
    settings.SECRET_KEY = "ours"

    for signature in (theirs, "", "ü" * 64, "0" * 64):
        assert refused(data, signature) == "The signature does not fit."


@pytest.mark.parametrize(
    "changes",
    [{"points": False}, {"kind": "rough-estimate"}, {"spans": {}}, {"spans": {"1": [0.5, 1.6]}}, {"codes": {}}],
)
def test_what_belongs_to_the_bytes_is_signed_too(changes: dict[str, Any]):
    signature = sign(small_artefact(), facts())

    assert refused(small_artefact(), signature, **changes) == "The signature does not fit."


def test_the_order_of_keys_does_not_matter():
    """PostgreSQL keeps none."""
    assert sign(b"", {"a": 1, "b": {"c": 2, "d": 3}}) == sign(b"", {"b": {"d": 3, "c": 2}, "a": 1})


def zipped(name: str, text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, text)
    return file.getvalue()


NO_MODELS: dict[str, Callable[[], bytes]] = {
    "nothing": bytes,
    "no archive": lambda: b"no archive",
    "begun": lambda: b"PK\x03\x04 cut",
    "cut": lambda: small_artefact()[:-100],
    "something else": lambda: zipped("other.txt", ""),
    "half a schema": lambda: zipped("schema.json", "{"),
    "no schema": lambda: zipped("schema.json", "[]"),
    "a command": lambda: zipped("schema.json", '{"protocol": 2, "__module__": "os", "__class__": "system"}'),
    "a list": lambda: bytes(skops.io.dumps([])),
    "parts missing": lambda: bytes(skops.io.dumps({"regressors": []})),
    "no regressors": lambda: parts_with(regressors=[]),
    "other regressors": lambda: parts_with(regressors=[LinearRegression()] * 3),
    "in another order": lambda: parts_with(regressors=small_model().regressors[::-1]),
    "never fitted": lambda: parts_with(regressors=[clone(one) for one in small_model().regressors]),
    "of another kind": lambda: parts_with(regressors=small_model(estimated=False).regressors),
    "no words": lambda: parts_with(words="words"),
    "other words": lambda: parts_with(words=LinearRegression(), topics=LinearRegression()),
    "another type": lambda: parts_with(topics=dt.timedelta),
}


@pytest.mark.parametrize("name", NO_MODELS)
def test_a_right_signature_over_something_that_is_no_model(name: str):
    assert refused(NO_MODELS[name]()) == "This is no model."


def test_another_function_is_not_taken_for_the_one_that_is_trusted():
    """`functools.partial` is trusted for one function only, and no partial is called while it is read."""
    assert refused(parts_with(words=partial(print, "read"))) == "This is no model."


PERSONS = [["1"], {"1": "0"}, {"1": -1}, {"1": 10**30}, {"1": True}, {"1": 1.0}, {"1": None}]


@pytest.mark.parametrize("persons", PERSONS, ids=str)
def test_codes_that_do_not_fit(persons: Any):
    codes = facts()["codes"]
    codes["codes"]["person"] = persons

    assert refused(small_artefact(), codes=codes) == "This is no model."


@pytest.mark.parametrize("codes", [[], {}, {"estimated": True}, {"estimated": True, "codes": {}}], ids=str)
def test_codes_that_are_missing(codes: Any):
    assert refused(small_artefact(), codes=codes) == "This is no model."


@pytest.mark.parametrize("estimated", [False, "yes", 1])
def test_codes_of_another_kind(estimated: Any):
    assert refused(small_artefact(), codes=facts()["codes"] | {"estimated": estimated}) == "This is no model."
