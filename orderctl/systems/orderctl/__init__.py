"""Our own shape, the canonical order as JSON; a shape without a server, so nothing is pushed to it."""

from orderctl.systems import System

SYSTEM = System(
    name="orderctl",
    title="orderctl",
    shapes={"orderctl": "orderctl.systems.orderctl.order:SHAPE"},
    envelopes=(("orders",),),
)
