"""What a deployed stack says of itself, asked with the environment's AWS credentials and region."""

from collections.abc import Iterator
from contextlib import contextmanager

from hub.errors import HubError

OR_DEV = " For the hub of `hub dev`, add --dev"
"""What an error of AWS may come from where the hub on this machine was meant."""


@contextmanager
def aws_errors(kind: type[HubError], cure: str = "") -> Iterator[None]:
    """Raise what AWS answers, or why it does not, as an error of this kind, for people to read."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise kind(f"AWS: {error}{cure}") from error


def outputs(stack: str) -> dict[str, str]:
    """The outputs of a stack by name. Raises botocore's errors."""
    import boto3

    [found] = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return {one["OutputKey"]: str(one["OutputValue"]) for one in found.get("Outputs", [])}
