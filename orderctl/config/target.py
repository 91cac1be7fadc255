"""A target: one account of one system, with everything that a push needs to know of it.

Knows no file and no environment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orderctl.config.journal import shown
from orderctl.config.secret import Secret


@dataclass(frozen=True, slots=True)
class Target:
    """One account of one system, as the configuration or the environment describes it.

    `base_url` has no slash at its end. `settings` are the ids that stand in the URL, `secrets` the
    credentials; what is not known is not in them. `journal` is the URL of a database, None for a file in
    `state_dir`; targets of one `rate_group` share one rate. `rate` and `settle` (seconds) are None where the
    system's own hold. `defaults` and `maps` are the configuration's, with the target's on top.
    """

    name: str
    system: str
    base_url: str
    settings: Mapping[str, str]
    secrets: Mapping[str, Secret]
    account: str | None
    batch: int
    rate: str | None
    settle: float | None
    environment: str | None
    proxy: str | None = field(repr=False)
    ca_file: str | None
    defaults: Mapping[str, Any]
    maps: Mapping[str, Any]
    state_dir: Path
    sandbox: bool
    journal: Secret | None = None
    rate_group: str | None = None

    @property
    def journal_place(self) -> str:
        """Where the journal lies, as people may see it."""
        return shown(self.journal.reveal()) if self.journal else str(self.state_dir)
