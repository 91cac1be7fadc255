"""What ShipStation is called and where its parts lie; knows no rule."""

from orderctl.systems import Setting, System

SYSTEM = System(
    name="shipstation",
    title="ShipStation",
    shapes={"shipstation": "orderctl.systems.shipstation.order:SHAPE"},
    base_url="https://ssapi.shipstation.com",
    credentials=(
        Setting("api_key", "SHIPSTATION_API_KEY"),
        Setting("api_secret", "SHIPSTATION_API_SECRET"),
    ),
    writes="shipstation",
    rate="40/minute",
    settle=30.0,
    wire="orderctl.systems.shipstation.wire",
    sandbox="orderctl.systems.shipstation.sandbox",
    envelopes=(("orders",),),
    beside=frozenset({"total", "page", "pages"}),
)
