"""A made-up fourth system: a folder is all that it takes."""

from orderctl.systems import Setting, System

SYSTEM = System(
    name="acme",
    title="Acme",
    shapes={},
    base_url="https://acme.example",
    credentials=(Setting("token", "ACME_TOKEN"),),
    writes="acme",
    rate="10/second",
    settle=5.0,
    wire="orderctl.systems.acme.wire",
)
