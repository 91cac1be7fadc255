"""A made-up system: one folder, nothing else edited."""

from orderctl.systems import Setting, System

SYSTEM = System(
    name="parcelly",
    title="Parcelly",
    shapes={"parcelly": "orderctl.systems.parcelly.parcel:SHAPE"},
    base_url="https://parcelly.example",
    credentials=(Setting("token", "PARCELLY_TOKEN"),),
    writes="parcelly",
    wire="orderctl.systems.parcelly.wire",
    envelopes=(("results",),),
)
