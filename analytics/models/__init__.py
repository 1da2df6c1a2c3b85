from analytics.models.dismissal import Dismissal
from analytics.models.insight import CachedInsight
from analytics.models.prediction import Prediction
from analytics.models.trained_model import TrainedModel

__all__ = ["CachedInsight", "Dismissal", "Prediction", "TrainedModel"]
