from hub.documents import Document
from hub.flow import Flow
from hub.pipeline import flows
from hub.pipeline.subjects import find


def flow(**data) -> Flow:
    return Flow(Document("flows/again.yaml", {"on": "cart", "send": ["chat.message"], **data}, {}))


def noted(world, found: Flow, entity: str, id: str) -> None:
    flows.note(world.store, found, find(world.hub, entity, id), world.now)


def shopper(world) -> str:
    world.entity("customer", "c-1", relay="never", given_name="Ada")
    return world.record("shop.co", "customer", "1", "c-1")


def test_a_cart_does_not_cancel_itself_but_another_of_the_same_customer_does(world):
    pk = shopper(world)
    again = flow(cancel={"cart": "cart.status == 'open'"})
    world.entity("cart", "k-1", relay="never", status="open", customer=pk)
    cart = find(world.hub, "cart", "k-1")
    noted(world, again, "cart", "k-1")
    assert not flows.cancelled(world.hub, again, cart)
    world.entity("cart", "k-2", relay="never", status="open", customer=pk)
    noted(world, again, "cart", "k-2")
    assert flows.cancelled(world.hub, again, cart)


def test_a_note_of_what_the_flow_no_longer_names_cancels_nothing(world):
    pk = shopper(world)
    world.entity("order", "o-1", relay="never", status="paid", customer=pk)
    world.entity("cart", "k-1", relay="never", status="open", customer=pk)
    changed = flow(cancel={"message": "message.name == 'stop'"})
    noted(world, changed, "order", "o-1")
    assert not flows.cancelled(world.hub, changed, find(world.hub, "cart", "k-1"))


def test_a_note_of_an_entity_that_is_gone_cancels_nothing(world):
    pk = shopper(world)
    world.entity("order", "o-1", relay="never", status="paid", customer=pk)
    world.entity("cart", "k-1", relay="never", status="open", customer=pk)
    found = flow(cancel={"order": "order.status == 'paid'"})
    noted(world, found, "order", "o-1")
    cart = find(world.hub, "cart", "k-1")
    assert flows.cancelled(world.hub, found, cart)
    world.entity("order", "o-1", relay="never", customer="")
    assert not flows.cancelled(world.hub, found, cart)


def test_an_entity_whose_customer_record_is_unknown_has_no_customer(world):
    world.entity("cart", "k-1", relay="never", status="open")
    cart = find(world.hub, "cart", "k-1")
    assert cart.customer is None
    assert cart.customer_id == ""
