from analytics.models.digest_mark import DigestMark
from analytics.models.dismissal import Dismissal
from analytics.models.insight import CachedInsight
from analytics.models.prediction import Prediction
from analytics.models.telemetry import TelemetryEvent, TelemetryState, TelemetryStatus
from analytics.models.trained_model import TrainedModel
from analytics.models.weights import ScoreWeights

__all__ = [
    "CachedInsight",
    "DigestMark",
    "Dismissal",
    "Prediction",
    "ScoreWeights",
    "TelemetryEvent",
    "TelemetryState",
    "TelemetryStatus",
    "TrainedModel",
]
