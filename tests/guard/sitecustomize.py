"""Read by Python itself in each process that tests start with this folder in PYTHONPATH."""

import os
import sys

import network

LOG = os.environ["NETWORK_GUARD_LOG"]


def tell(words: str) -> None:
    with open(LOG, "a", encoding="utf-8") as file:
        file.write(f"{' '.join(sys.argv)}: {words}\n")


network.install(tell)
