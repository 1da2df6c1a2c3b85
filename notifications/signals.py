from django.dispatch import Signal

outcome_noted = Signal()
"""After the commit, with `channel`, `state`, `reason` and a `count`: so many notifications got so far in a channel."""
