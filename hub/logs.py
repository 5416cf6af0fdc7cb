"""What the functions say of themselves: one JSON line per fact, of allowed fields only, and its count.

Powertools' Logger and Metrics cost 8 ms beside boto3. What a handler raises is said by its name and place
only: the messages of other people's exceptions hold values.
"""

import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.metrics import MetricUnit

from hub.errors import HubError

Handler = Callable[[Any, Any], Any]

FIELDS = frozenset(
    {
        "level",
        "timestamp",
        "service",
        "step",
        "request",
        "xray_trace_id",
        "message",
        "error",
        "reason",
        "trace",
    }
    | {"event", "place", "destination", "entity", "id", "epoch", "flow", "account", "resource"}
    | {
        "path",
        "status",
        "deliveries",
        "waiting",
        "relayed",
        "records",
        "errors",
        "worked",
        "finished",
        "moved",
        "sent",
        "rows",
        "unreadable",
        "refused",
    }
)
"""What a line may hold: names, counts, hashes and our own ids. All else is dropped."""


class Crash(Exception):
    """A bug, as AWS may know it: the name of the exception. The rest was logged."""


class Formatter(LambdaPowertoolsFormatter):
    """A line with the allowed fields."""

    def serialize(self, log: dict[str, Any]) -> str:  # type: ignore[override]
        """The JSON of a line."""
        return super().serialize({name: value for name, value in log.items() if name in FIELDS})


LOG = Logger(logger_formatter=Formatter())
METRICS = Metrics(namespace="Cauce")


def told(result: str, **facts: Any) -> None:
    """Something came out as it should: a line with `result` as its message, counted under that name."""
    _line(LOG.info, result, facts)


def warned(result: str, **facts: Any) -> None:
    """Something was refused or is late, and somebody else should act: as `told`, a level higher."""
    _line(LOG.warning, result, facts)


def gauge(name: str, value: float, **dimensions: str) -> None:
    """A value that is watched, under dimensions of its own (each set of them is a metric that AWS counts)."""
    _alone(name, MetricUnit.Percent, value, dimensions)


def counted(name: str, **dimensions: str) -> None:
    """One more of what `told` and `warned` count by step, under dimensions of its own."""
    _alone(name, MetricUnit.Count, 1, dimensions)


def failed(error: Exception) -> None:
    """Something failed: the error's name, its own words where they are ours, and the lines that led to it."""
    said = str(error) if isinstance(error, HubError) else ""
    trace = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    _line(LOG.error, "failed", {"error": type(error).__name__, "reason": said, "trace": trace})


def step(name: str) -> Callable[[Handler], Handler]:
    """Mark a Lambda handler as a step of the flow: its lines and counts carry its name.

    What it raises becomes a Crash, so that AWS retries as it should and prints no value.
    """

    def mark(handler: Handler) -> Handler:
        @wraps(handler)
        def run(event: Any, context: Any) -> Any:
            LOG.append_keys(step=name, request=getattr(context, "aws_request_id", None))
            try:
                return handler(event, context)
            except Exception as error:
                failed(error)
                raise Crash(type(error).__name__) from None
            finally:
                _count(name)

        return run

    return mark


def _line(say: Callable[..., None], result: str, facts: dict[str, Any]) -> None:
    say(result, extra={name: value for name, value in facts.items() if value not in ("", (), None)})
    METRICS.add_metric(name=result, unit=MetricUnit.Count, value=1)


def _alone(name: str, unit: MetricUnit, value: float, dimensions: dict[str, str]) -> None:
    with single_metric(name=name, unit=unit, value=value, namespace="Cauce") as metric:
        for dimension, told in dimensions.items():
            metric.add_dimension(name=dimension, value=told)


def _count(name: str) -> None:
    """Print the counts as a metric line of CloudWatch."""
    if METRICS.metric_set:
        METRICS.add_dimension(name="step", value=name)
        METRICS.flush_metrics()
