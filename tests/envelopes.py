"""What AWS hands to the functions."""


def message(id: str, body: str, group: str = "", receives: int = 1) -> dict:
    """A record of an SQS FIFO event, as far as it is read."""
    attributes = {"MessageGroupId": group or id, "ApproximateReceiveCount": str(receives)}
    return {"messageId": id, "receiptHandle": f"receipt-{id}", "body": body, "attributes": attributes}
