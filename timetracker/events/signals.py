"""What the works tell those who watch them. Nothing here decides anything: who listens cannot stop what is going on."""

from django.dispatch import Signal

events_recorded = Signal()
"""After the commit, with `events`: those that were recorded together."""

delivery_tried = Signal()
"""With `delivery` and its `outcome`, after every try that came to an end."""

job_ran = Signal()
"""With the `name` of a due job, the `seconds` it took and its `error`, or None."""

clock_turned = Signal()
"""The clock has asked every job whether it is due."""
