"""The state of joining as JSON, so that open events are saved together with their offset."""

from __future__ import annotations

import json
from dataclasses import asdict

from ingest.joining import JoinMode, JoinState, OpenEvent, Trace
from knowledge_base.errors import BadRow


def dump_state(state: JoinState) -> str:
    """Write a state as JSON; the inverse of :func:`load_state`."""
    return json.dumps(asdict(state), separators=(",", ":"))


def load_state(text: str) -> JoinState:
    """Read a state that :func:`dump_state` wrote.

    Raises BadRow if the text is no such state.

    >>> load_state(dump_state(JoinState(JoinMode.AUTO))) == JoinState(JoinMode.AUTO)
    True
    """
    try:
        row = json.loads(text)
        held = row["open"]
        event = None
        if held is not None:
            held["texts"] = tuple(held["texts"])
            held["trace"] = Trace(held["trace"])
            event = OpenEvent(**held)
        return JoinState(JoinMode(row["mode"]), event, float(row["last_at"]))
    except (ValueError, KeyError, TypeError) as error:
        raise BadRow(f"the saved state of joining cannot be read ({error}); start the source again") from error
