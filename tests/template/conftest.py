"""The template as CloudFormation gets it: after the SAM transform, with the defaults of its parameters."""

from pathlib import Path

import pytest
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

TEMPLATE = Path(__file__).parents[2] / "template.yaml"


class Template:
    """Resources after the transform, found by type."""

    def __init__(self, data):
        self.resources = data["Resources"]

    def of(self, kind):
        return {name: one["Properties"] for name, one in self.resources.items() if one["Type"] == kind}

    def statements(self, role):
        for policy in self.resources[role]["Properties"]["Policies"]:
            yield from policy["PolicyDocument"]["Statement"]

    def functions(self):
        return self.of("AWS::Lambda::Function")

    def mappings(self):
        return self.of("AWS::Lambda::EventSourceMapping")


@pytest.fixture(scope="session")
def source():
    """The template as it is written."""
    return yaml_parse(TEMPLATE.read_text())


@pytest.fixture(scope="session")
def template(source):
    text = yaml_parse(TEMPLATE.read_text())
    for resource in text["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            # The transform does not open it.
            resource["Properties"]["CodeUri"] = "s3://artifacts/artifact.zip"
    defaults = {name: one["Default"] for name, one in source["Parameters"].items()}
    translator = Translator({}, Parser())
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
        return Template(translator.translate(text, parameter_values=defaults))
