from analytics.handlers import anomalies, estimates, telemetry

__all__ = ["anomalies", "estimates", "telemetry"]
