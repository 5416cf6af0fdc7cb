"""Crashes in the middle of the story, on the real stack: nothing is lost, nothing happens twice.

The one who posts, the functions and the vendors are killed (SIGKILL); the engine is stopped and started with
its state, as it keeps none on a SIGKILL. Time that would have to pass is made to have passed.
"""

import json
import multiprocessing
import os
import random
import shutil
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest
import urllib3

from hub.demo import story
from hub.demo.stage import Stage
from hub.messages import FOUND, WRITTEN
from tests.conftest import ROOT

pytestmark = pytest.mark.engine
ECHO = "woocommerce.co"
"""The story tells nothing there: its webhooks say how often it was written; a late write says all at once."""

LONG_AGO = "2026-11-20T00:00:00.000000Z"


@pytest.fixture(scope="module")
def calm(artifact):
    """What the story leaves when nothing goes wrong."""
    with Stage(ROOT, artifact=artifact) as stage:
        for chapter in story.chapters(ROOT):
            story.play(stage, chapter)
        story.take_up(stage)
        return outcome(stage)


def test_the_calm_story_ends_well(calm):
    assert len(calm["systems"]) == 6
    assert calm["sales"] == ["shopify-5630418011245", "square-b7SqLuciaOrder1"]
    assert calm["purchases"] == 2


def test_kills_and_a_deployment_in_the_middle_lose_nothing_and_do_nothing_twice(artifact, calm, tmp_path):
    with Stage(ROOT, artifact=artifact) as stage:
        hurry(stage)
        chapters = story.chapters(ROOT)
        # 1. the one who posts dies after the third event, and a retry posts everything again
        killed(post_all, stage.url, chapters, after=3)
        for number, chapter in enumerate(chapters):
            insist(stage, chapter)
            time.sleep(0.15)
            # 2. functions and vendors die while they work
            if number in (1, 3, 7):
                kill_functions(stage)
            elif number == 5:
                stage.settle()  # AWS lets a function finish when another code comes, the engine does not
                stage.artifact = shutil.copytree(artifact, tmp_path / "artifact")
                (stage.artifact / "another.py").touch()
                stage.redeploy()
            elif number in (0, 4):
                stage.stop_vendors(signal.SIGKILL)
                stage.start_vendors()
        recover(stage)
        assert outcome(stage) == calm
        assert stage.in_dead_letter_queues() == 0


def test_a_restart_of_the_engine_in_the_middle_loses_nothing_and_does_nothing_twice(artifact, calm, tmp_path):
    with Stage(ROOT, artifact=artifact, home=tmp_path) as stage:
        hurry(stage)
        for number, chapter in enumerate(story.chapters(ROOT)):
            insist(stage, chapter)
            if number in (3, 5):
                time.sleep(0.3)
                stage.engine.stop()
                stage.engine.start()
        recover(stage)
        assert outcome(stage) == calm
        assert stage.in_dead_letter_queues() == 0


def news(entry):
    """Whether a source told it, not we ourselves: after a death the record may have been quicker, and a
    search may find it as we have written it."""
    return entry["source"] != ECHO and not entry["topic"].startswith((WRITTEN, FOUND))


def outcome(stage):
    """What must be the same whatever happened: the one customer, and what stands at each vendor."""
    profile = stage.ask("POST", "/v1/customers/search", story.PERSON)
    vendors = stage.vendor("/_state")
    purchases = vendors["klaviyo.main"].get("event", {})
    return {
        "fields": {name: told["value"] for name, told in profile["fields"].items() if name != "updated_at"},
        "systems": sorted({(record["source"], record["resource"]) for record in profile["records"]}),
        "told": sorted({one["topic"] for one in profile["timeline"]["entries"] if news(one)}),
        "contacts": sorted(vendors["hubspot.main"]["contact"]),
        "partners": sorted(vendors["odoo.main"]["partner"]),
        "profiles": [row["email"] for row in vendors["klaviyo.main"]["profile"].values()],
        "buyers": [row["email"] for row in vendors["woocommerce.co"]["customer"].values()],
        "sales": sorted(row["client_order_ref"] for row in vendors["odoo.main"]["order"].values()),
        "purchases": len(purchases),
        "parked": stage.ask("GET", "/v1/parked")["parked"],
    }


def insist(stage, chapter, attempts=6):
    """As vendors and schedules do: what was answered with 5xx is sent again."""
    for attempt in range(attempts):
        try:
            story.happen(stage, chapter)
        except RuntimeError:
            time.sleep(0.2 * 2**attempt)
        else:
            return
    raise AssertionError(f"{chapter.connector} was refused {attempts} times")


def hurry(stage):
    """Messages of a function that died come back in seconds rather than in six minutes."""
    for queue in ("InboundQueueUrl", "OutboundQueueUrl"):
        attributes = {"VisibilityTimeout": "2"}
        stage.engine.client("sqs").set_queue_attributes(QueueUrl=stage.outputs[queue], Attributes=attributes)


def recover(stage):
    """The vendors post again what was not taken, then time passes until nothing is due any more."""
    for chapter in story.chapters(ROOT):
        insist(stage, replace(chapter, edit=""))  # nobody types again what they typed
    for _ in range(12):
        time.sleep(1.0)
        waiting = age(stage, stage.pass_time("pending", "due"))
        if waiting:
            stage.invoke("sweep")
        stage.settle(150)
        if not waiting:
            return
    raise AssertionError("something stays due")


def age(stage, items):
    """Let requests whose outcome is not known have had their time to land; how many items wait."""
    for item in items:
        inflight = {**item.data.get("inflight", {}), "at": LONG_AGO}
        moved = {"inflight": inflight, "ambiguous": LONG_AGO}
        data = json.dumps(item.data | {name: value for name, value in moved.items() if name in item.data})
        stage.engine.client("dynamodb").update_item(
            TableName=stage.outputs["TableName"],
            Key={"pk": {"S": item.key.pk}, "sk": {"S": item.key.sk}},
            UpdateExpression="SET #data = :data",
            ExpressionAttributeNames={"#data": "data"},
            ExpressionAttributeValues={":data": {"S": data}},
        )
    return len(items)


def killed(work, url, chapters, *, after):
    """Run `work` in a process of its own and kill it in the middle."""
    context = multiprocessing.get_context("fork")
    counter = context.Value("i", 0)
    process = context.Process(target=work, args=(url, chapters, counter), daemon=True)
    process.start()
    while counter.value < after and process.is_alive():
        time.sleep(0.01)
    process.kill()
    process.join()


def post_all(url, chapters, counter):
    from hub.catalog import Catalog
    from hub.demo.stage import posted

    catalog, http = Catalog.read(ROOT), urllib3.PoolManager(retries=False)
    for chapter in chapters:
        if chapter.file and not chapter.edit:
            posted(http, catalog, url, chapter.connector, chapter.account, ROOT / chapter.file)
            counter.value += 1


def kill_functions(stage):
    """SIGKILL the processes in which the engine runs functions; it starts others."""
    workers = [
        int(path.name)
        for path in Path("/proc").iterdir()
        if path.name.isdigit() and parent(path) == stage.engine.process.pid
    ]
    for pid in random.Random(len(workers)).sample(workers, k=len(workers)):
        os.kill(pid, signal.SIGKILL)


def parent(path):
    try:
        return int((path / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
