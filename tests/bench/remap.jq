# What `convert --to shipstation` does to Webship orders, as far as jq can: renamed keys, units, numbers and sums.
# No rule is checked, no loss is named, and numbers are floats.
def present: with_entries(select(.value != null and .value != ""));
def address: {name, company, street1: .address1, street2: .address2, city, state, postalCode: .zip, country, phone} | present;
def measure($unit): if . == null then null elif $unit == "kg" then {value: (tonumber * 1000), units: "grams"}
  else {value: tonumber, units: "pounds"} end;

[.[] | .weightUnit as $weigh | .dimUnit as $length | (.sender.country != .receiver.country) as $abroad | {
  orderNumber: (.orderNumber // .orderId),
  orderKey: .orderId,
  orderDate: (.orderDate + "T00:00:00.0000000"),
  shipByDate: (if .dueByDate then .dueByDate + "T00:00:00.0000000" else null end),
  orderStatus: {pending: "awaiting_shipment", fulfilled: "shipped"}[.fulfillmentStatus],
  billTo: {name: .receiver.name},
  shipTo: (.receiver | address),
  items: [(.items // [])[] | {
    lineItemKey: .lineId, sku, name: .title, imageUrl: .imgUrl, quantity, unitPrice: (.price | tonumber),
    weight: (.weight | measure($weigh)), warehouseLocation: .pickLocation
  } | present],
  shippingAmount: (if .shippingTotal then .shippingTotal | tonumber else null end),
  requestedShippingService: .shippingService,
  weight: ([(.packages // [])[].weight | tonumber] | add | tostring | measure($weigh)),
  dimensions: (.packages[0] | if .length then {
    units: (if $length == "in" then "inches" else "centimeters" end),
    length: (.length | tonumber), width: (.width | tonumber), height: (.height | tonumber)
  } else null end),
  internationalOptions: (if $abroad then {customsItems: [(.items // [])[] | {
    description: .title, quantity, value: ((.price | tonumber) * .quantity),
    harmonizedTariffCode: .htsNumber, countryOfOrigin
  } | present]} else null end)
} | present]
