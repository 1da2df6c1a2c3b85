from django.dispatch import Signal

server_ready = Signal()
"""`manage.py serve` answers requests now. Sent once, with `url` and `write`, a function that prints a line."""
