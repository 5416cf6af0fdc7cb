def known: with_entries(select(.value != null));
def part: known | if . == {} then null else . end;
def text: if type == "string" then . else tojson end;
def rows(f): if . == null or . == [] then null else map(f | known) end;
.buyer as $buyer | .shipping.address as $address | {
  number,
  reference: (if .number == null then null else "CP-" + (.number | text) end),
  channel: "web",
  system: "cauce",
  status: ({pending: "open", paid: "paid", refunded: "refunded"}[.status // ""]),
  currency,
  placed_at: .created_at,
  cancelled_at,
  note,
  language: $buyer.locale,
  total,
  tax_total: .tax,
  discount_total: .discount,
  kind: (if .gift then "gift" else "standard" end),
  coupons: (if .discounts == null then null else [.discounts[] | select(.kind == "code") | .code | values] end),
  shipping_total: .shipping.lines[0].amount,
  shipping_title: .shipping.lines[0].title,
  contact: ({
    name: (if $buyer.first_name == null or $buyer.last_name == null then null
           else "\($buyer.first_name) \($buyer.last_name)" end),
    email: $buyer.email,
    phone: (if ($buyer.phone // "") != "" then $buyer.phone else $address.phone end),
    document: $buyer.document.number
  } | part),
  deliver_to: ($address | {line1, line2, city, region, postcode, country} | part),
  bill_to: (.billing.address | {name, city, country} | part),
  lines: (.items | rows({sku, name: .title, quantity, price, discount})),
  taxes: (.taxes | rows({title, rate, amount}))
} | known
