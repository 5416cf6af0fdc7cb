"""What a deployed stack says of itself, asked with the environment's AWS credentials and region."""


def outputs(stack: str) -> dict[str, str]:
    """The outputs of a stack by name. Raises botocore's errors."""
    import boto3

    [found] = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return {one["OutputKey"]: str(one["OutputValue"]) for one in found.get("Outputs", [])}
