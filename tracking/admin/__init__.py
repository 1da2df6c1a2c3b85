from tracking.admin import time, work

__all__ = ["time", "work"]
