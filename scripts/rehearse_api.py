"""Send an error line to the Kea on this machine, then ask about it: ``kea token NAME --json | rehearse_api.py LINE``.

Raises where an answer is not what it has to be.
"""

from __future__ import annotations

import json
import sys
import urllib.request

API = "http://127.0.0.1:8080/api/v1"


def post(path: str, body: object, token: str) -> dict[str, object]:
    """Call the API and return its answer; raises HTTPError."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{API}{path}", json.dumps(body).encode(), headers)  # noqa: S310 - our own address
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        found: dict[str, object] = json.load(answer)
        return found


def main() -> None:
    """Ask, tell, and ask again."""
    line, token = sys.argv[1], json.load(sys.stdin)["token"]
    for expected in ("unknown", "known_unsolved"):
        outcome = post("/ask", {"text": line}, token)["outcome"]
        if outcome != expected:
            raise SystemExit(f"error: {line!r} should be {expected}, it is {outcome}")
        print(f"Asked over the API: {outcome}.")
        post("/logs", [{"text": line, "service": "shop"}], token)


if __name__ == "__main__":
    main()
