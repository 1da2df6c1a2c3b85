from analytics.handlers import anomalies, estimates

__all__ = ["anomalies", "estimates"]
