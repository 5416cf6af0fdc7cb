"""What the API answers and what the gateway lets through are the same paths."""

import re

from hub.pipeline.serve import ROUTES


def test_each_path_of_the_api_is_a_route_of_the_gateway(template):
    routes = template.of("AWS::ApiGatewayV2::Route").values()
    served = {one["RouteKey"] for one in routes if "Serve" in str(one["Target"])}
    assert served == {f"{route.method} {_shown(route.path.pattern)}" for route in ROUTES}


def _shown(pattern):
    """A pattern's path as the gateway writes it."""
    return re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"{\1}", pattern)
