"""What somebody was shown before they agree to it, signed and given along.

Any process of a server takes it, and nothing is kept for those who leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from knowledge_base.errors import StaleVersion

LIFE = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Signed:
    """Writes and reads what was shown for one purpose; what was signed for another one is refused."""

    purpose: str

    def write(self, key: str, project: str, shown: object) -> str:
        """Sign what JSON can say, for a project."""
        return str(self._signer(key).dumps([project, shown]))

    def read(self, key: str, project: str, replay: str) -> Any:
        """Read it again. Raises StaleVersion where it is too old, of another project or not ours."""
        try:
            found: Any = self._signer(key).loads(replay, max_age=int(LIFE.total_seconds()))
        except BadData:
            found = None
        if not isinstance(found, list) or len(found) != 2 or found[0] != project:
            raise StaleVersion("what was shown is too old to be agreed to; look at what would change once more")
        return found[1]

    def _signer(self, key: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(key, salt=self.purpose)
