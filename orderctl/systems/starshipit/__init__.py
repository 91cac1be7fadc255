"""What Starshipit is called and where its parts lie; knows no rule."""

from orderctl.systems import Setting, System

SYSTEM = System(
    name="starshipit",
    title="Starshipit",
    shapes={"starshipit": "orderctl.systems.starshipit.order:SHAPE"},
    base_url="https://api.starshipit.com",
    credentials=(
        Setting("api_key", "STARSHIPIT_API_KEY"),
        Setting("subscription_key", "STARSHIPIT_SUBSCRIPTION_KEY"),
    ),
    writes="starshipit",
    rate="2/second",
    settle=60.0,
    wire="orderctl.systems.starshipit.wire",
    sandbox="orderctl.systems.starshipit.sandbox",
    envelopes=(("order",), ("orders",), ("data", "orders")),
    beside=frozenset({"success", "errors", "total_pages", "total_records"}),
)
