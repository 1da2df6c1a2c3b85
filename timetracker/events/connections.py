from django.db import connections


def renew_connections() -> None:
    """What Django does round each request, for work that is none: drop connections that broke or are too old.

    Leaves those in a transaction alone, unlike `close_old_connections`.
    """
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
