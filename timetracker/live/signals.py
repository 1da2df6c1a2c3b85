from django.dispatch import Signal

server_ready = Signal()
"""`manage.py serve` answers requests now. Sent once, with `url` and `write`, a function that prints a line."""

server_began = Signal()
"""A server that does everything in one process runs."""

server_ended = Signal()
"""It has answered its last request and is about to end. Not sent where it was killed."""

socket_opened = Signal()
"""A signed-in person's page listens."""

socket_closed = Signal()
"""It no longer does, for whatever reason. Once for each that was opened."""

push_sent = Signal()
"""With `failed`: whether the channel layer did not take the message."""

push_heard = Signal()
"""A topic has gone out to one page, with the `seconds` since it was pushed."""
