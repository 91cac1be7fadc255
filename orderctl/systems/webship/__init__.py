"""What Webship is called and where its parts lie; knows no rule."""

from orderctl.systems import Setting, System

SYSTEM = System(
    name="webship",
    title="Webship",
    shapes={
        "webship": "orderctl.systems.webship.put_order:SHAPE",
        "webship-webhook": "orderctl.systems.webship.webhook:SHAPE",
    },
    base_url="https://xpsshipper.com",
    settings=(
        Setting("customer_id", "WEBSHIP_CUSTOMER_ID"),
        Setting("integration_id", "WEBSHIP_INTEGRATION_ID"),
    ),
    credentials=(Setting("api_key", "WEBSHIP_API_KEY"),),
    writes="webship",
    rate="5/second",
    settle=0.0,
    wire="orderctl.systems.webship.wire",
    sandbox="orderctl.systems.webship.sandbox",
    envelopes=(("orders",), ("order",)),
)
