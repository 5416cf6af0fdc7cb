"""hub deliveries, parked, replay, events, why, pause, resume: what an operator reads and does."""

import json
import re
from dataclasses import replace

import pytest

from hub.cli import main, operating
from hub.cli import replay as replaying
from hub.pipeline.serve.wanted import STATES
from tests.docs import invoices
from tests.docs.project import blocks, copy, write
from tests.hub.cli.served import api
from tests.hub.cli.test_customers import LUCIA, Terminal, golden
from tests.journey import Day

COMMANDS = ("deliveries", "parked", "replay", "events", "why", "pause", "resume")
GUIDE = "docs/guides/failing-delivery.md"


class Operator:
    """Somebody at a keyboard, in front of one hub."""

    def __init__(self, world, monkeypatch, capsys):
        self.world, self.capsys, self.patch = world, capsys, monkeypatch
        self.api = api(world.hub)
        self.waited = []
        monkeypatch.setattr(operating, "api_of", lambda arguments: self.api)
        monkeypatch.setattr("getpass.getuser", lambda: "ana")
        monkeypatch.setattr(replaying.time, "sleep", self.sleep)

    def sleep(self, seconds):
        self.waited.append(seconds)
        self.world.clock.now += seconds
        self.world.runner.run()

    def says(self, *words, typed=None):
        """The exit code, and what is printed."""
        if typed is not None:
            self.patch.setattr("sys.stdin", Terminal(typed))
        code = main(list(words))
        self.printed = self.capsys.readouterr()
        return code, self.printed.out

    def reads(self, *words, code=0):
        got, out = self.says(*words)
        assert got == code, (out, self.printed.err)
        return out

    def json(self, *words, code=0):
        return json.loads(self.reads(*words, "--json", code=code))


@pytest.fixture
def operator(monkeypatch, capsys):
    return lambda world: Operator(world, monkeypatch, capsys)


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """The world of the guide, with sixty sales: three are refused."""
    monkeypatch.setattr(invoices, "SALES", 60)
    project = copy(tmp_path)
    for block in blocks(GUIDE):
        if block.language == "sh":
            break
        write(project, block)
    return invoices.Invoices(project)


@pytest.fixture(scope="module")
def lived():
    """The demo's day."""
    day = Day()
    day.story()
    day.hub.secrets.held["api-key"] = [{"key": "k-2"}]
    return day


def mend(shop):
    """What the guide does."""
    for block in blocks(GUIDE):
        if block.language == "yaml" and "format_tax_id" in block.text:
            write(shop.project, block)
    shop.deploy()


def group(one):
    return one.json("parked", "--groups")["groups"][0]


# Reading.


def test_failures_of_one_cause_are_one_group_that_says_who_acts_and_how(operator, shop):
    golden("parked-groups", operator(shop).reads("parked", "--groups"))


def test_groups_tell_event_and_delivery_data_and_file_apart(operator, shop):
    one = operator(shop)
    shop.factura.send = lambda request: invoices.answer(400, {"code": "X1", "message": "try again"})
    for number in range(61, 64):
        shop.sell(number)
    told = invoices.sale(64, shop.clock())
    shop.post({name: value for name, value in told.items() if name != "id"})
    shop.rest()
    golden("parked-causes", one.reads("parked", "--groups"))
    owners = {told["reason"]: told["owner"] for told in one.json("parked", "--groups")["groups"]}
    assert owners == {"status-422": "integrator", "status-400": "data owner", "missing-id": "integrator"}


def test_what_is_parked_is_listed_and_narrowed_down(operator, shop):
    one = operator(shop)
    golden("parked", one.reads("parked", "--limit", "2"))
    mark = group(one)["group"]
    assert len(one.json("parked", "--group", mark)["parked"]) == 3
    assert one.reads("parked", "--group", "00000000") == "Nothing is parked.\n"
    assert one.reads("parked", "--groups", "--source", "caja.centro") == "Nothing is parked.\n"


def test_a_delivery_tells_its_whole_story(operator, shop):
    golden("delivery", operator(shop).reads("deliveries", "show", group(operator(shop))["example"]))


def test_deliveries_are_listed_and_counted(operator, shop):
    one = operator(shop)
    golden("deliveries", one.reads("deliveries", "--limit", "5"))
    assert one.json("deliveries", "--count") == [
        {"destination": "factura.main.invoice", "state": "ok", "count": 57},
        {"destination": "factura.main.invoice", "state": "rejected", "count": 3},
    ]
    assert one.reads("deliveries", "--state", "due") == "No delivery is like that.\n"


def test_a_list_goes_on_where_the_page_before_ended(operator, shop):
    one = operator(shop)
    seen, after = [], []
    while True:
        page = one.json("deliveries", "--limit", "7", *after)
        seen += [told["id"] for told in page["deliveries"]]
        if page["next"] is None:
            break
        after = ["--after", page["next"]]
    assert len(seen) == len(set(seen)) == 60


def test_a_list_is_looked_through_until_something_is_found(operator, shop, monkeypatch):
    one = operator(shop)
    monkeypatch.setattr("hub.pipeline.serve.finding.PARTS", 1)
    assert one.reads("deliveries", "--group", "00000000") == "No delivery is like that.\n"
    assert one.reads("deliveries", "--state", "skipped", "--count") == "No delivery is like that.\n"
    mark = group(one)["group"]
    assert len(one.json("deliveries", "--group", mark)["deliveries"]) == 3
    monkeypatch.setattr(operating, "LOOKED", 1)
    monkeypatch.setattr("hub.pipeline.serve.finding.PART", 1)
    out = one.reads("parked", "--group", "00000000")
    assert out.startswith("Nothing like that in what was looked through so far.\n\nThere is more: --after ")


def test_the_states_of_the_help_are_those_that_are_listed(operator, shop, capsys):
    with pytest.raises(SystemExit):
        main(["deliveries", "--help"])
    told = capsys.readouterr().out
    one = operator(shop)
    for state in STATES:
        assert re.search(rf"\b{state}\b", told), state
        one.json("deliveries", "--state", state)


def test_an_event_tells_its_whole_story(operator, shop):
    one = operator(shop)
    cause = one.json("deliveries", "--state", "rejected")["deliveries"][0]["cause"]
    out = one.reads("events", "show", cause)
    golden("event", out)
    name = one.json("events", "--mark", cause)["events"][0]["name"]
    assert one.reads("events", "show", name) == out


def test_a_parked_event_says_what_is_wrong_with_it_by_whichever_id(operator, shop):
    one = operator(shop)
    shop.clock.now += 1
    told = invoices.sale(61, shop.clock())
    shop.post({name: value for name, value in told.items() if name != "id"})
    shop.rest()
    [parked] = one.json("parked", "--source", "caja.centro")["parked"]
    out = one.reads("events", "show", parked["id"])
    golden("event-parked", out)
    marker = next(item for item in shop.hub.store.agenda("parked").items if item.kind == "marker")
    assert one.reads("events", "show", marker.key.pk) == out
    assert one.reads("replay", "--id", parked["id"]).startswith("1 queued as replay ")


def test_events_are_listed(operator, shop):
    one = operator(shop)
    golden("events", one.reads("events", "--limit", "3", "--source", "caja.centro"))
    assert one.reads("events", "--state", "parked") == "No event is like that.\n"


def test_values_are_shown_to_who_asks_for_them_and_to_nobody_else(operator, shop):
    one = operator(shop)
    held = one.json("deliveries", "--state", "rejected")["deliveries"][0]
    for words in (["deliveries", "show", held["id"]], ["events", "show", held["cause"]]):
        out = one.reads(*words) + json.dumps(one.json(*words))
        assert "9001000" not in out
        assert "Buyer" not in out
        assert "9001000" in one.reads(*words, "--values")


def test_nothing_that_is_printed_of_a_day_names_its_person(operator, lived):
    one = operator(lived)
    printed = [one.reads("deliveries", "--limit", "50"), one.reads("events", "--limit", "50")]
    for told in one.json("deliveries", "--limit", "50")["deliveries"]:
        printed.append(one.reads("deliveries", "show", told["id"]))
    for told in one.json("events", "--limit", "50")["events"]:
        printed.append(one.reads("events", "show", told["name"]))
        printed.append(one.says("why", told["name"], "hubspot.contact")[1])
    for value in (LUCIA, "lucia", "Lucía", "3105550147", "1018456789", "Carrera 7", "Cra. 7"):
        assert value.lower() not in "\n".join(printed).lower(), value
    assert not any("lucia" in url or "3105550147" in url for url in one.api.client.asked)


def test_all_about_one_customer_is_found_by_an_identifier_that_stands_in_no_address(operator, lived):
    one = operator(lived)
    code, out = one.says("deliveries", "--email", "-", "--json", typed=f"{LUCIA}\n")
    found = {told["destination"] for told in json.loads(out)["deliveries"]}
    assert code == 0
    assert {"hubspot.main.contact", "odoo.main.partner", "odoo.main.order", "klaviyo.main.event"} <= found
    id = json.loads(out)["deliveries"][0]["customer"]
    assert len(one.json("deliveries", "--customer", id)["deliveries"]) == len(json.loads(out)["deliveries"])
    assert not any("lucia" in url for url in one.api.client.asked)


# Why.


@pytest.mark.parametrize(
    ("topic", "destination", "verdict", "line"),
    [
        ("orders/create", "odoo.order", "sent", "flows/order-to-erp.yaml:4"),
        ("orders/create", "hubspot.contact", "only-traits", "flows/customer-sync.yaml:3"),
        ("orders/create", "whatsapp.message", "other-entity", "flows/abandoned-cart.yaml:2"),
        ("orders/create", "odoo.sale", "no-destination", "connectors/odoo.yaml"),
        ("orders/create", "nope.sale", "no-account", "accounts.yaml"),
        ("orders/create", "woocommerce.order", "no-flow", None),
        ("customer.created", "hubspot.contact", "condition", "flows/customer-sync.yaml:4"),
        ("checkouts/create", "klaviyo.event", "cancelled", "flows/abandoned-cart.yaml:5"),
        ("poll/partner", "odoo.partner", "same-there", "flows/customer-sync.yaml:5"),
        ("contact.propertyChange", "hubspot.contact", "unchanged", None),
    ],
)
def test_why_names_the_line_that_decided(operator, lived, topic, destination, verdict, line):
    one = operator(lived)
    events = one.json("events", "--limit", "100")["events"]
    names = [told["name"] for told in events if told["topic"] == topic]
    told = [one.says("why", name, destination, "--json") for name in names]
    found = {(v["verdict"], v.get("place")): code for code, out in told for v in json.loads(out)["verdicts"]}
    assert (verdict, line) in found
    assert found[verdict, line] == (0 if verdict == "sent" else 1)


@pytest.mark.parametrize(
    ("name", "topic", "destination"),
    [
        ("why-sent", "orders/create", "odoo.order"),
        ("why-condition", "customer.created", "klaviyo.profile"),
        ("why-cancelled", "checkouts/create", "whatsapp.message"),
    ],
)
def test_why_is_told_in_a_sentence(operator, lived, name, topic, destination):
    one = operator(lived)
    events = one.json("events", "--limit", "100")["events"]
    [event] = [
        told["name"] for told in events if told["topic"] == topic and told["source"] != "woocommerce.co"
    ][:1]
    golden(name, one.says("why", event, destination)[1])


def test_why_of_a_refusal_names_the_line_of_the_mapping(operator, shop):
    one = operator(shop)
    cause = one.json("deliveries", "--state", "rejected")["deliveries"][0]["cause"]
    golden("why-refused", one.reads("why", cause, "factura.invoice", code=1))


def test_why_of_a_record_is_why_of_its_last_event(operator, shop):
    one = operator(shop)
    assert one.reads("why", "caja.centro:sale:V-20", "factura.invoice", code=1) == one.reads(
        "why",
        one.json("events", "--external", "caja.centro:sale:V-20")["events"][0]["name"],
        "factura.invoice",
        code=1,
    )
    assert "It went." in one.reads("why", "caja.centro:sale:V-21", "factura.invoice")
    assert one.says("why", "caja.centro:sale:V-999")[0] == 1


def test_why_without_a_destination_tells_of_each(operator, lived):
    one = operator(lived)
    events = one.json("events", "--limit", "100")["events"]
    [name, *_] = [told["name"] for told in events if told["topic"] == "orders/create"]
    golden("why-everywhere", one.says("why", name)[1])


def test_events_are_found_by_the_record_that_they_tell_of(operator, shop):
    one = operator(shop)
    [event] = one.json("events", "--external", "caja.centro:sale:V-20")["events"]
    assert (event["source"], event["topic"], event["state"]) == ("caja.centro", "sale.closed", "applied")
    shown = one.reads("events", "show", "caja.centro:sale:V-20")
    assert shown == one.reads("events", "show", event["name"])
    assert one.json("events", "--external", "caja.centro:buyer:C-20")["events"] == [event]
    assert one.json("events", "--external", "caja.centro:sale:V-20", "--state", "parked")["events"] == []
    assert one.says("events", "--external", "caja.centro:sale:V-999")[0] == 1
    assert one.says("events", "--external", "caja.nowhere:sale:V-20")[0] == 1


def test_events_of_a_customer_come_in_parts_and_stand_in_no_address(operator, lived):
    one = operator(lived)
    code, out = one.says("events", "--email", "-", "--limit", "2", "--json", typed=f"{LUCIA}\n")
    first = json.loads(out)
    assert (code, len(first["events"])) == (0, 2)
    after = ["--after", first["next"]]
    _, rest = one.says("events", "--email", "-", "--limit", "2", *after, "--json", typed=f"{LUCIA}\n")
    names = [told["name"] for told in first["events"] + json.loads(rest)["events"]]
    assert len(names) == len(set(names)) == 4
    assert not any("lucia" in url for url in one.api.client.asked)


# Acting.


def test_a_preview_says_how_many_where_to_how_long_and_what_would_come_of_it(operator, shop):
    one = operator(shop)
    mark = group(one)["group"]
    before = shop.hub.store.items()
    golden("replay-preview", one.reads("replay", "--group", mark, "--preview"))
    assert shop.hub.store.items() == before
    assert one.waited == []


def test_a_preview_after_the_mending_shows_the_form_of_what_would_be_written(operator, shop):
    one = operator(shop)
    mend(shop)
    out = one.reads("replay", "--group", group(one)["group"], "--preview")
    assert "Changed since it was refused: tax_id (mappings/factura.invoice.yaml:5)." in out
    assert "tax_id  999.999.999-9   <- changed" in out
    assert "900.100.020" not in out
    assert "900.100.020" in one.reads("replay", "--group", group(one)["group"], "--preview", "--values")


def test_a_preview_says_that_the_account_is_paused(operator, shop):
    one = operator(shop)
    mark = group(one)["group"]
    one.reads("pause", "factura.main", "--reason", "closing")
    assert "factura.main is paused: they would wait." in one.reads("replay", "--group", mark, "--preview")
    one.reads("pause", "*", "--reason", "all of it")
    assert "All accounts are paused: they would wait." in one.reads("replay", "--group", mark, "--preview")


def test_a_preview_says_where_it_would_fail_again(operator, shop):
    one = operator(shop)
    broken = shop.project / "mappings/factura.invoice.yaml"
    broken.write_text(broken.read_text().replace("to_number(total.amount)", "to_number(number) / `0`"))
    file = broken.read_text()
    if "/ `0`" in file:
        broken.write_text(file.replace("to_number(number) / `0`", "{from: missing.of.it, required: true}"))
    shop.deploy()
    out = one.reads("replay", "--group", group(one)["group"], "--preview")
    assert "would fail (missing-value at mappings/factura.invoice.yaml:6)" in out


def test_a_replay_of_a_group_sends_each_once_at_a_tenth_of_the_rate_and_nothing_that_is_done(operator, shop):
    one = operator(shop)
    mark = group(one)["group"]
    mend(shop)
    assert one.reads("replay", "--group", mark).startswith("3 queued as replay ")
    shop.rest()
    assert shop.factura.numbers == list(range(1, 61))
    assert sum(one.waited) >= 2 / 0.5
    assert one.reads("parked") == "Nothing is parked.\n"
    assert "nothing was sent again" in one.reads("replay", "--group", mark)
    assert len(shop.factura.invoices) == 60


def test_a_replay_goes_on_where_it_was_stopped(operator, shop):
    one = operator(shop)
    mark = group(one)["group"]
    mend(shop)

    def stop(seconds):
        raise KeyboardInterrupt

    one.patch.setattr(replaying.time, "sleep", stop)
    code, _ = one.says("replay", "--group", mark)
    told, stopped = one.printed.err.splitlines()[-2:]
    assert (code, stopped) == (130, "hub: stopped")
    assert f"to go on after a stop: hub replay --group {mark}" in told
    after = told.rpartition("--after ")[2].strip(" '")
    shop.rest()
    one.patch.setattr(replaying.time, "sleep", one.sleep)
    assert one.reads("replay", "--group", mark, "--after", after).startswith("1 queued as replay ")
    shop.rest()
    assert shop.factura.numbers == list(range(1, 61))


def test_a_replay_does_not_go_round_with_what_fails_again(operator, shop):
    one = operator(shop)
    assert one.reads("replay", "--group", group(one)["group"]).startswith("3 queued as replay ")
    shop.rest()
    assert shop.factura.refused == 6
    assert group(one)["count"] == 3


def test_ordering_the_same_replay_twice_writes_once(operator, shop):
    one = operator(shop)
    mend(shop)
    one.patch.setattr(replaying.time, "sleep", lambda seconds: None)
    for _ in range(2):
        one.reads("replay", "--group", group(one)["group"], "--rate", "100")
        shop.clock.now += 1
    asked = []
    send = shop.factura.send
    shop.factura.send = lambda request: asked.append(request) or send(request)
    shop.rest()
    assert len(asked) == 3
    assert shop.factura.numbers == list(range(1, 61))


def test_more_than_the_cap_is_refused_until_somebody_says_so(operator, shop):
    one = operator(shop)
    mark = group(one)["group"]
    assert one.says("replay", "--group", mark, "--cap", "2")[0] == 1
    assert "3 are like that, and the cap is 2: say --cap 3" in one.printed.err
    assert "more than the cap of 2" in one.reads("replay", "--group", mark, "--cap", "2", "--preview")
    assert one.reads("replay", "--group", mark, "--cap", "3").startswith("3 queued as replay ")


def test_a_few_are_tried_first_and_the_others_come_after_them(operator, shop):
    one = operator(shop)
    mark = group(one)["group"]
    mend(shop)
    assert "1 would be sent again" in one.reads("replay", "--group", mark, "--first", "1", "--preview")
    out = one.reads("replay", "--group", mark, "--first", "1")
    assert out.startswith("1 queued as replay ")
    [after] = re.findall(r"hub replay --group \w+ --after '(.+)'", out)
    assert "factura.main.invoice  ok     1" in out
    assert len(shop.factura.invoices) == 58
    assert one.reads("replay", "--group", mark, "--after", after).startswith("2 queued as replay ")
    shop.rest()
    assert shop.factura.numbers == list(range(1, 61))
    for words in (["--id", "x", "--first", "1"], ["--group", mark, "--first", "0"]):
        assert one.says("replay", *words)[0] == 1


def test_a_replay_has_an_id_by_which_what_became_of_it_is_found(operator, shop):
    one = operator(shop)
    mark = group(one)["group"]
    mend(shop)
    told = one.json("replay", "--group", mark, "--rate", "0.2")
    assert told["states"] == [{"destination": "factura.main.invoice", "state": "ok", "count": 3}]
    assert one.json("deliveries", "--replay", told["replay"], "--count") == told["states"]
    assert one.json("deliveries", "--replay", told["replay"][:-1] + "0", "--count") == []
    assert one.says("deliveries", "--replay", "x")[0] == 1


def test_nobody_waits_for_what_waits_itself(operator, shop):
    one = operator(shop)
    one.reads("pause", "factura.main", "--reason", "closing")
    out = one.reads("replay", "--id", group(one)["example"])
    assert "factura.main is paused: they would wait." in out
    assert one.waited == []


def test_one_is_replayed_by_its_id(operator, shop):
    one = operator(shop)
    example = group(one)["example"]
    mend(shop)
    assert one.reads("replay", "--id", example).startswith("1 queued as replay ")
    shop.rest()
    assert len(shop.factura.invoices) == 58
    assert one.says("replay", "--id", "DLV#nobody")[0] == 1


def test_what_is_done_is_sent_again_only_where_somebody_says_so(operator, shop):
    one = operator(shop)
    done = one.json("deliveries", "--state", "ok", "--limit", "1")["deliveries"][0]["id"]
    assert "hub replay" not in one.reads("deliveries", "show", done)
    before = len(shop.factura.keys)
    assert "it is done already; --again writes it a second time" in one.reads(
        "replay", "--id", done, "--preview"
    )
    assert "0 queued" in one.reads("replay", "--id", done, code=1)
    shop.rest()
    assert len(shop.factura.keys) == before
    assert "this writes it a second time" in one.reads("replay", "--id", done, "--again", "--preview")
    one.reads("replay", "--id", done, "--again")
    shop.clock.now += 1
    shop.rest()
    assert len(shop.factura.keys) == before + 1
    assert one.says("replay", "--account", "factura.main", "--again")[0] == 1
    assert "--again goes with --id" in one.printed.err


def test_a_replay_wants_to_know_which_and_never_what_is_done(operator, shop):
    one = operator(shop)
    assert one.says("replay")[0] == 1
    assert "say which" in one.printed.err
    assert one.says("replay", "--state", "done")[0] == 1
    assert "by its id only" in one.printed.err


def test_a_dry_run_shows_what_would_be_sent_and_is_replayed(operator, shop):
    one = operator(shop)
    golden("pause-dry", one.reads("pause", "factura.main", "--dry-run", "--reason", "see it first"))
    shop.sell(61)
    shop.rest()
    [held] = one.json("deliveries", "--state", "dry-run")["deliveries"]
    assert "What was worked out, and not sent" in one.reads("deliveries", "show", held["id"])
    one.reads("resume", "factura.main")
    one.reads("replay", "--state", "dry-run", "--account", "factura.main")
    shop.rest()
    assert 61 in shop.factura.numbers


def test_a_paused_account_waits_says_by_whom_and_goes_on(operator, shop):
    one = operator(shop)
    golden("pause", one.reads("pause", "factura.main", "--reason", "closing of the month"))
    shop.sell(61)
    shop.runner.run()
    [due] = one.json("deliveries", "--state", "due")["deliveries"]
    golden("why-paused", one.reads("why", due["cause"], "factura.invoice", code=1))
    golden("resume", one.reads("resume", "factura.main"))
    shop.rest()
    assert 61 in shop.factura.numbers
    assert one.says("pause", "nobody.main", "--reason", "x")[0] == 1


def test_what_a_page_says_of_a_pause_is_true_now(operator, shop):
    one = operator(shop)
    one.reads("pause", "factura.main", "--reason", "closing of the month")
    shop.sell(61)
    shop.runner.run()
    [due] = one.json("deliveries", "--state", "due")["deliveries"]
    paused = one.reads("deliveries", "show", due["id"])
    assert "factura.main is paused by ana: closing of the month" in paused
    assert "`hub resume factura.main`" in paused
    one.reads("resume", "factura.main")
    resumed = one.reads("deliveries", "show", due["id"])
    assert "it is active now" in resumed
    assert "hub resume" not in resumed
    assert "it is active now" in one.reads("why", due["cause"], "factura.invoice", code=1)


def test_an_account_that_is_resumed_while_all_are_paused_is_told_so(operator, shop):
    one = operator(shop)
    golden("pause-all", one.reads("pause", "*", "--reason", "something is wrong"))
    shop.sell(61)
    shop.runner.run()
    [due] = one.json("deliveries", "--state", "due")["deliveries"]
    assert "`hub resume '*'`" in one.reads("deliveries", "show", due["id"])
    assert "every account is paused: by ana" in one.reads("why", due["cause"], "factura.invoice", code=1)
    golden("resume-one", one.reads("resume", "factura.main"))


def test_what_is_replayed_while_paused_leaves_what_it_was_refused_for(operator, shop):
    one = operator(shop)
    example = group(one)["example"]
    one.reads("pause", "factura.main", "--reason", "closing")
    one.reads("replay", "--id", example)
    shop.runner.run()
    out = one.reads("deliveries", "show", example)
    assert "due (paused)" in out
    assert "they say" not in out
    assert "  line " not in out
    assert "rejected status-422" in out


def test_each_command_that_is_printed_names_the_hub_that_was_asked(operator, shop):
    one = operator(shop)
    one.api = replace(one.api, options=" --dev")
    one.reads("pause", "factura.main", "--reason", "closing")
    shop.sell(61)
    shop.runner.run()
    [due] = one.json("deliveries", "--state", "due")["deliveries"]
    held = one.json("deliveries", "--state", "rejected")["deliveries"][0]
    for words in (
        ["deliveries", "show", due["id"]],
        ["deliveries", "show", held["id"]],
        ["events", "show", held["cause"]],
        ["parked", "--groups"],
        ["replay", "--id", held["id"], "--preview"],
        ["pause", "*", "--reason", "x"],
        ["resume", "factura.main"],
    ):
        said = one.reads(*words)
        named = re.findall(r"hub (?:resume|replay|parked|deliveries|events|why|customers)[^`\n]*", said)
        assert named, words
        assert all(" --dev" in command for command in named), named


def test_an_address_that_is_not_there_is_the_connectors_and_not_the_records(operator, shop):
    one = operator(shop)
    shop.factura.send = lambda request: invoices.answer(404, {})
    shop.sell(61)
    shop.rest()
    [lost] = one.json("deliveries", "--reason", "missing")["deliveries"]
    out = one.reads("deliveries", "show", lost["id"])
    assert "the address POST /invoices is not there (404)" in out
    assert re.search(r"connectors/factura.yaml:2,\s+connectors/factura.yaml:9", out)
    assert "integrator" in out


def test_values_show_the_words_of_the_vendor_and_method_and_path_of_each_call(operator, shop):
    one = operator(shop)
    example = group(one)["example"]
    out = one.reads("deliveries", "show", example)
    assert "create POST /invoices 422 (0 ms)" in out
    assert "VAL-014: tax_id … the nit … has no check digit" in out
    told = one.reads("deliveries", "show", example, "--values")
    assert "VAL-014: tax_id: the NIT 999999999 has no check digit" in told
    assert "words" not in json.dumps(one.json("deliveries", "show", example))
    assert "words" not in json.dumps(one.json("parked", "--groups")) + json.dumps(one.json("parked"))


# The help is enough.


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_has_examples_that_it_takes(operator, shop, command, capsys):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    examples = capsys.readouterr().out.partition("examples:\n")[2].strip().splitlines()
    assert len(examples) >= 2
    for line in examples:
        assert line.strip().startswith(f"hub {command}")


def test_an_id_alone_is_shown(operator, shop):
    one = operator(shop)
    held = one.json("deliveries", "--state", "rejected")["deliveries"][0]
    assert one.reads("deliveries", held["id"]) == one.reads("deliveries", "show", held["id"])
    assert one.reads("events", held["cause"]) == one.reads("events", "show", held["cause"])
    assert one.says("deliveries", held["entity_id"])[0] == 1
    assert "an id is whole" in one.printed.err


def test_who_is_asked_for_by_what_identifies_nobody_is_told_what_does(operator, shop):
    one = operator(shop)
    assert one.says("deliveries", "--by", "document=1")[0] == 1
    assert "somebody is named by exactly one of email" in one.printed.err
    assert one.says("deliveries", "--source", "caja", "--count")[0] == 1
    assert "`hub events --source` lists what came from an account" in one.printed.err
    assert one.says("deliveries", "--limit", "500")[0] == 1
    assert "from 1 to 100" in one.printed.err


@pytest.mark.parametrize("words", [["show"], ["show", "a", "b"], ["x", "y"]])
def test_what_is_not_show_and_an_id_is_told(operator, shop, words):
    one = operator(shop)
    for command in ("deliveries", "events"):
        assert one.says(command, *words)[0] == 1
        assert "say `show` and one id" in one.printed.err


def test_what_the_hub_does_not_know_is_one_line(operator, shop):
    one = operator(shop)
    for words in (
        ["deliveries", "show", "DLV#a#b#c"],
        ["events", "show", "2026-11-20-000000000000-0"],
        ["events", "show", "EVT#a#b#c#d"],
        ["why", "0" * 16, "factura.invoice"],
        ["deliveries", "--state", "odd"],
        ["deliveries", "--limit", "0"],
        ["deliveries", "--account", "facturra"],
        ["deliveries", "--since", "yesterday"],
        ["deliveries", "--after", "x"],
        ["events", "--after", "x"],
        ["events", "--state", "odd"],
    ):
        assert one.says(*words)[0] == 1, words
        assert one.printed.err.startswith("hub: "), words


def test_no_word_of_the_machine_stands_in_what_people_read(operator, shop):
    one = operator(shop)
    out = one.reads("parked", "--groups") + one.reads("deliveries", "show", group(one)["example"])
    for word in ("agenda", "epoch", "fingerprint", "hash", "none", "null", "{", "}"):
        assert word not in out.lower(), word
