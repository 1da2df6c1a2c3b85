"""Is this process well? Asked every few seconds, so it starts no Django.

python deploy/healthy.py 8000            the server on that port answers /healthz
python deploy/healthy.py /tmp/alive 150  somebody touched that file in the last 150 seconds (ALIVE_FILE)
"""

import http.client
import sys
import time
from pathlib import Path

WITHIN = 4.0


def why_not_port(port: int) -> str | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WITHIN)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"Port {port} does not answer: {error!r}."
    finally:
        connection.close()
    return None if status == http.client.OK else f"Port {port} answers with {status}."


def why_not_file(path: Path, seconds: float) -> str | None:
    try:
        age = time.time() - path.stat().st_mtime
    except OSError as error:
        return f"No sign of life: {error}."
    return None if age <= seconds else f"The last sign of life was {age:.0f} seconds ago."


def main(arguments: list[str]) -> int:
    match arguments:
        case [port] if port.isdecimal():
            why_not = why_not_port(int(port))
        case [path, seconds] if seconds.isdecimal():
            why_not = why_not_file(Path(path), int(seconds))
        case _:
            sys.stderr.write(__doc__ or "")
            return 2
    sys.stdout.write(f"{why_not or 'well'}\n")
    return 1 if why_not else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
