"""What all parts of the mapping file are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

Ref = Annotated[
    str,
    StringConstraints(pattern=r"^(header:[A-Za-z0-9-]{1,80}|[A-Za-z0-9_$@-]{1,80}(\.[A-Za-z0-9_$@-]{1,80}){0,20})$"),
]
HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,80}$")]
HeaderValue = Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]{0,500}$")]
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,100}$")]


class Part(BaseModel):
    """A part of the mapping: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Secret(Part):
    """Where a secret is: in an environment variable or in a file, never in the mapping."""

    secret_env: Variable | None = None
    secret_file: str | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Secret:
        if (self.secret_env is None) == (self.secret_file is None):
            raise ValueError("give either secret_env (the name of an environment variable) or secret_file")
        return self
