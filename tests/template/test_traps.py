"""One test for each way in which a serverless stack quietly loses data, leaks it or costs too much."""

import itertools
import json
from dataclasses import replace

import pytest

from functions.sweep import STAY
from hub import keys
from hub.drop import REPORTS, WAITING
from hub.pipeline.erase import SECONDS, SETTLE
from hub.store import Item
from hub.store.dynamodb import encode

FIFO_RETENTION = 14 * 86400


def target(value):
    """The logical id that a Ref or a GetAtt names."""
    if "Fn::GetAtt" in value:
        found = value["Fn::GetAtt"]
        return found[0] if isinstance(found, list) else found.split(".")[0]
    return value["Ref"]


def listed(value):
    return value if isinstance(value, list) else [value]


def queue_mappings(template):
    queues = template.of("AWS::SQS::Queue")
    return {name: one for name, one in template.mappings().items() if target(one["EventSourceArn"]) in queues}


def stream_mapping(template):
    [mapping] = [one for one in template.mappings().values() if target(one["EventSourceArn"]) == "Table"]
    return mapping


def dead_letter_queues(template):
    queues = template.of("AWS::SQS::Queue").values()
    return {target(one["RedrivePolicy"]["deadLetterTargetArn"]) for one in queues if "RedrivePolicy" in one}


def test_t01_each_mapping_reports_the_failures_of_a_batch(template):
    assert len(template.mappings()) == 4
    for mapping in template.mappings().values():
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_t02_a_message_stays_hidden_for_six_times_its_function_timeout(template):
    for mapping in queue_mappings(template).values():
        queue = template.of("AWS::SQS::Queue")[target(mapping["EventSourceArn"])]
        function = template.functions()[target(mapping["FunctionName"])]
        assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]


def test_t03_a_message_is_received_five_times_before_it_is_dead(template):
    policies = [
        one["RedrivePolicy"] for one in template.of("AWS::SQS::Queue").values() if "RedrivePolicy" in one
    ]
    assert [policy["maxReceiveCount"] for policy in policies] == [5, 5]


def test_t04_each_fifo_queue_has_a_fifo_dead_letter_queue_that_keeps_for_14_days(template):
    queues = template.of("AWS::SQS::Queue")
    assert len(dead_letter_queues(template)) == 2
    for queue in queues.values():
        assert queue["FifoQueue"] is True
        assert queue["MessageRetentionPeriod"] == FIFO_RETENTION


def test_t05_each_dead_letter_queue_and_the_stream_ring_an_alarm(template):
    alarms = template.of("AWS::CloudWatch::Alarm").values()
    watched = {target(alarm["Dimensions"][0]["Value"]) for alarm in alarms if alarm["Namespace"] == "AWS/SQS"}
    assert watched == dead_letter_queues(template)
    assert {"IteratorAge", "Errors", "5xx"} <= {alarm["MetricName"] for alarm in alarms}
    for alarm in alarms:
        assert [target(action) for action in alarm["AlarmActions"]] == ["Alarms"]


def test_t06_the_stream_is_read_from_its_start_and_no_record_can_block_it(template):
    mapping = stream_mapping(template)
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["BisectBatchOnFunctionError"] is True
    assert 0 <= mapping["MaximumRetryAttempts"] <= 10
    assert 0 < mapping["MaximumRecordAgeInSeconds"] < 24 * 3600
    assert target(mapping["DestinationConfig"]["OnFailure"]["Destination"]) in template.of("AWS::S3::Bucket")


def test_t07_state_can_be_restored_and_is_not_removed_with_the_stack(template):
    table = template.of("AWS::DynamoDB::Table")["Table"]
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] is True
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    for name in ("Table", "Archive", "Drop", "Failures", "Pepper"):
        assert template.resources[name]["DeletionPolicy"] == "Retain"
        assert template.resources[name]["UpdateReplacePolicy"] == "Retain"


def test_t07_all_that_holds_data_can_be_encrypted_with_a_key_of_the_owner(template):
    """AWS's own keys by default; nothing is ever unencrypted."""
    kinds = ("DynamoDB::Table", "SQS::Queue", "S3::Bucket", "Logs::LogGroup", "SecretsManager::Secret")
    held = {name for kind in kinds for name in template.of(f"AWS::{kind}")}
    assert len(held) == 21
    for name in held:
        assert "KeyArn" in json.dumps(template.resources[name]), name
    for bucket in template.of("AWS::S3::Bucket").values():
        [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == {
            "Fn::If": ["HasKey", "aws:kms", "AES256"]
        }


UNLIMITED = {"xray:PutTraceSegments", "xray:PutTelemetryRecords", "dynamodb:ListStreams"}
"""Actions for which AWS knows no resource."""


def test_t08_each_function_has_a_role_of_its_own_with_exact_actions_and_resources(template):
    roles = [target(function["Role"]) for function in template.functions().values()]
    assert sorted(roles) == sorted(template.of("AWS::IAM::Role"))
    for statement in itertools.chain.from_iterable(map(template.statements, roles)):
        actions = set(listed(statement["Action"]))
        assert not [action for action in actions if "*" in action]
        assert (listed(statement["Resource"]) == ["*"]) == (actions <= UNLIMITED)


def test_t08_a_role_reads_only_the_secrets_of_its_own_stack(template):
    for role in template.of("AWS::IAM::Role"):
        for statement in template.statements(role):
            if statement["Action"] == "secretsmanager:GetSecretValue":
                for resource in listed(statement["Resource"]):
                    assert ":secret:${AWS::StackName}/" in resource["Fn::Sub"]


def test_t09_no_function_but_erase_may_scan_the_table_or_delete_from_it(template):
    for role in template.of("AWS::IAM::Role").keys() - {"EraseRole"}:
        for statement in template.statements(role):
            forbidden = {"dynamodb:Scan", "dynamodb:DeleteItem", "s3:DeleteObject"} & set(
                listed(statement["Action"])
            )
            if statement["Resource"] == {"Fn::Sub": "${Drop.Arn}/drop/*"}:
                forbidden -= {"s3:DeleteObject"}  # a file that is done, by load
            assert not forbidden


def test_t09_each_role_holds_what_its_step_does_and_no_more(template):
    send = {"sqs:SendMessage"}
    state = {f"dynamodb:{name}Item" for name in ("BatchGet", "Put", "Update")}
    state |= {"dynamodb:ConditionCheckItem", "dynamodb:Query"}
    table = {f"dynamodb:{name}" for name in ("BatchGetItem", "PutItem", "UpdateItem", "Query")}
    consume = {
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:ChangeMessageVisibility",
        "sqs:GetQueueAttributes",
    }
    stream = {
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:DescribeStream",
        "dynamodb:ListStreams",
    }
    secrets = {"secretsmanager:GetSecretValue"}
    always = {
        "xray:PutTraceSegments",
        "xray:PutTelemetryRecords",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    }
    assert {role: actions(template, role) - always for role in template.of("AWS::IAM::Role")} == {
        "ReceiveRole": send | secrets | {"s3:PutObject"},
        "ListenRole": send | {"s3:PutObject", "s3:ListBucket"},
        "UnifyRole": consume | state | secrets | {"s3:PutObject", "s3:GetObject"},
        "RouteRole": stream | state | send | {"s3:PutObject", "s3:ListBucket"},
        "DeliverRole": consume | state | send | secrets,
        "LoadRole": send
        | table
        | {"sqs:GetQueueAttributes", "s3:ListBucket"}
        | {f"s3:{name}Object" for name in ("Put", "Get", "Delete")},
        "PollRole": state
        | send
        | secrets
        | {"s3:PutObject", "sqs:GetQueueAttributes", "secretsmanager:PutSecretValue"},
        "SweepRole": state | send,
        "EraseRole": state
        | secrets
        | {"dynamodb:DeleteItem", "dynamodb:Scan", "s3:ListBucket"}
        | {f"s3:{name}Object" for name in ("Put", "Get", "Delete")},
        "ServeRole": state
        | send
        | secrets
        | {"s3:GetObject", "s3:PutObject", "s3:ListBucket", "sqs:GetQueueAttributes"},
    }


def test_t09_deliver_sends_to_the_queues_and_buses_that_were_named_alone(template, source):
    """Without their parameters there is no such right: these policies are not made."""
    doors = {
        "SendToQueues": ("HasOutQueues", "sqs:SendMessage", "OutQueueArns"),
        "PutOnBuses": ("HasOutBuses", "events:PutEvents", "OutBusArns"),
    }
    for name, (condition, action, parameter) in doors.items():
        policy = template.resources[name]
        assert policy["Condition"] == condition
        assert policy["Properties"]["Roles"] == [{"Ref": "DeliverRole"}]
        [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
        assert statement == {"Effect": "Allow", "Action": action, "Resource": {"Ref": parameter}}
        assert source["Parameters"][parameter]["Default"] == ""
        assert source["Conditions"][condition] == {
            "Fn::Not": [{"Fn::Equals": [{"Fn::Join": ["", {"Ref": parameter}]}, ""]}]
        }


def test_t09_load_writes_how_far_its_files_are_and_nothing_else_of_the_table(template):
    [write] = [
        one
        for one in template.statements("LoadRole")
        if one["Effect"] == "Allow" and "dynamodb:PutItem" in listed(one["Action"])
    ]
    assert write["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": "DROP#*"}}
    for key in (keys.LOADING, keys.dropped("drop/movilventas.co/visit/march.csv")):
        assert key.pk.startswith("DROP#")


def test_t09_whoever_leaves_files_needs_no_right_on_what_the_hub_keeps(template):
    """Load reads and removes what lies under drop/, and writes under reports/."""
    drop = {
        json.dumps(one["Resource"]): sorted(listed(one["Action"]))
        for one in template.statements("LoadRole")
        if "Drop" in json.dumps(one["Resource"])
    }
    assert drop['{"Fn::Sub": "${Drop.Arn}/drop/*"}'] == ["s3:DeleteObject", "s3:GetObject"]
    others = {
        role for role in template.of("AWS::IAM::Role") if "Drop" in json.dumps(template.resources[role])
    }
    assert others == {"LoadRole"}


def test_a_file_that_is_left_starts_load_and_its_report_does_not(template):
    pattern = template.of("AWS::Events::Rule")["LoadLeft"]["EventPattern"]
    assert pattern["detail"]["object"]["key"] == [{"prefix": WAITING}]
    assert pattern["detail"]["bucket"]["name"] == [{"Ref": "Drop"}]
    assert not REPORTS.startswith(WAITING)
    drop = template.of("AWS::S3::Bucket")["Drop"]
    assert drop["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}


def actions(template, role):
    return {action for statement in template.statements(role) for action in listed(statement["Action"])}


def test_t09_only_who_calls_vendors_reads_or_writes_what_calls_are_authorised_by(template):
    """Tokens lie in the table under TOK#; the local engine does not know the condition, AWS does."""
    table = {"dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Query"}
    kept = set()
    for role in template.of("AWS::IAM::Role"):
        if table & actions(template, role):
            denied = [one for one in template.statements(role) if one["Effect"] == "Deny"]
            for statement in denied:
                assert set(statement["Action"]) == table
                assert statement["Condition"] == {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": "TOK#*"}}
            kept |= set() if denied else {role}
    assert kept == {"UnifyRole", "DeliverRole", "PollRole"}
    assert keys.token("shop.co").pk.startswith("TOK#")


def test_t10_no_concurrency_is_reserved_and_deliver_alone_is_bounded(template, source):
    assert not [one for one in template.functions().values() if "ReservedConcurrentExecutions" in one]
    bounded = {
        name: one["ScalingConfig"] for name, one in template.mappings().items() if "ScalingConfig" in one
    }
    assert bounded == {"DeliverOutbound": {"MaximumConcurrency": {"Ref": "DeliverConcurrency"}}}
    assert source["Parameters"]["DeliverConcurrency"]["MinValue"] == 2


def test_t11_what_an_http_caller_waits_for_ends_before_the_gateway_gives_up(template):
    for integration in template.of("AWS::ApiGatewayV2::Integration").values():
        function = template.functions()[target(integration["IntegrationUri"])]
        assert function["Timeout"] * 1000 < integration["TimeoutInMillis"] <= 29_000


def test_t12_each_function_logs_to_a_group_with_retention(template):
    groups = template.of("AWS::Logs::LogGroup")
    assert all(group["RetentionInDays"] == {"Ref": "LogDays"} for group in groups.values())
    used = [target(function["LoggingConfig"]["LogGroup"]) for function in template.functions().values()]
    assert sorted([*used, "AccessLogs"]) == sorted(groups)


def test_t12_the_access_log_names_no_path_query_or_address(template):
    stage = template.of("AWS::ApiGatewayV2::Stage")["ApiStage"]
    log = stage["AccessLogSettings"]["Format"]
    assert json.loads(log)["route"] == "$context.routeKey"
    assert not [word for word in ("path", "query", "sourceIp", "header", "authorizer") if word in log]


def test_t14_no_secret_travels_in_a_parameter_or_the_environment(template, source):
    for name in source["Parameters"]:
        assert not [
            word for word in ("secret", "password", "token", "apikey", "pepper") if word in name.lower()
        ]
    for function in template.functions().values():
        values = json.dumps(function["Environment"])
        assert "resolve:" not in values
        assert function["Environment"]["Variables"]["PEPPER_SECRET"] == "pepper"
    for secret in template.of("AWS::SecretsManager::Secret").values():
        assert "SecretString" not in secret


@pytest.mark.parametrize("kind", ["outbox", "root", "delivery", "event", "record", "wait"])
@pytest.mark.parametrize("event", ["INSERT", "MODIFY", "REMOVE"])
def test_t15_the_stream_filter_takes_new_outbox_items_and_nothing_else(template, kind, event):
    [filter_] = stream_mapping(template)["FilterCriteria"]["Filters"]
    item = Item(
        keys.outbox("2026-01-01T00:00:00.000000Z", "a" * 16, "customer", "1", 7),
        kind,
        {"x": 1},
        agenda="parked",
        at="2026-01-01T00:00:00.000Z",
    )
    record = {"eventName": event, "dynamodb": {"NewImage": encode(replace(item, version=0))}}
    assert matches(json.loads(filter_["Pattern"]), record) == (kind == "outbox" and event == "INSERT")


def matches(pattern, value):
    """Lambda's rule for exact values: each key present, its value one of those listed."""
    if isinstance(pattern, list):
        return value in pattern
    return isinstance(value, dict) and all(
        key in value and matches(part, value[key]) for key, part in pattern.items()
    )


def test_t16_lambda_may_stop_a_loop_of_functions_and_queues(template):
    assert not [one for one in template.functions().values() if one.get("RecursiveLoop") == "Allow"]


def test_t17_queues_and_buckets_refuse_plain_http(template):
    refused = set()
    for kind in ("AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy"):
        for policy in template.of(kind).values():
            [statement] = policy["PolicyDocument"]["Statement"]
            assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
            assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
            refused |= {target(one) for one in [*policy.get("Queues", []), policy.get("Bucket")] if one}
    assert refused == {*template.of("AWS::SQS::Queue"), *template.of("AWS::S3::Bucket")}


def test_t17_no_bucket_can_be_made_public(template):
    for bucket in template.of("AWS::S3::Bucket").values():
        assert list(bucket["PublicAccessBlockConfiguration"].values()) == [True] * 4


def test_t18_each_function_is_traced_and_names_its_metrics(template):
    for function in template.functions().values():
        assert function["TracingConfig"] == {"Mode": "Active"}
        assert function["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"] == "Cauce"


def test_raw_events_claims_and_exports_expire_and_erasures_do_not(template):
    [claims, archive, exports, _] = template.of("AWS::S3::Bucket")["Archive"]["LifecycleConfiguration"][
        "Rules"
    ]
    assert (claims["Prefix"], claims["ExpirationInDays"]) == ("claims/", 30)
    assert (archive["Prefix"], archive["ExpirationInDays"]) == ("raw/", {"Ref": "ArchiveDays"})
    assert (exports["Prefix"], exports["ExpirationInDays"]) == ("exports/", 30)


def test_all_functions_share_one_artifact_runtime_and_architecture(template):
    shared = {
        json.dumps([one["Code"], one["Runtime"], one["Architectures"], one["Environment"]])
        for one in template.functions().values()
    }
    assert len(shared) == 1


def test_the_clock_steps_are_not_retried_by_lambda_but_by_the_clock(template):
    configs = template.of("AWS::Lambda::EventInvokeConfig").values()
    assert {target(one["FunctionName"]): one["MaximumRetryAttempts"] for one in configs} == {
        "Listen": 2,
        "Load": 0,
        "Poll": 0,
        "Sweep": 0,
        "Erase": 0,
    }
    rules = template.of("AWS::Events::Rule").items()
    assert {name: one["ScheduleExpression"] for name, one in rules if "ScheduleExpression" in one} == {
        "LoadTick": "rate(5 minutes)",
        "PollTick": "rate(5 minutes)",
        "SweepTick": "rate(1 minute)",
        "EraseTick": "rate(1 minute)",
    }


def test_a_clock_step_ends_before_the_next_one_or_the_one_after_it(template):
    assert template.functions()["Poll"]["Timeout"] < 300
    assert STAY + 20 < template.functions()["Sweep"]["Timeout"] < 120, "at most two at once"
    assert SECONDS < template.functions()["Erase"]["Timeout"] < 60


def test_an_erasure_waits_until_nobody_is_at_work_who_has_read_the_customer_before(template):
    functions = template.functions()
    assert 2 * max(functions["Unify"]["Timeout"], functions["Deliver"]["Timeout"]) <= SETTLE


def test_each_function_names_the_artifact_itself(source):
    """`sam build` moves the template and corrects such paths in resources, but not in Globals."""
    functions = [one for one in source["Resources"].values() if one["Type"] == "AWS::Serverless::Function"]
    assert [one["Properties"]["CodeUri"] for one in functions] == ["build/artifact"] * 10
    assert all(one["Metadata"] == {"SkipBuild": True} for one in functions)


def test_a_door_without_a_signature_is_there_only_where_the_stack_is_told_of_it(template, source):
    for name in ("InQueueArn", "InQueueAccount", "InBusName", "InBusSource", "InBusAccount"):
        assert source["Parameters"][name]["Default"] == ""
    doors = {name: one["Condition"] for name, one in template.resources.items() if "Condition" in one}
    assert doors.pop("ListenToQueue") == doors.pop("ReadInQueue") == "HasInQueue"
    assert doors.pop("ListenToBus") == doors.pop("ListenPermission") == "HasInBus"
    [policy] = template.of("AWS::IAM::ManagedPolicy")["ReadInQueue"]["PolicyDocument"]["Statement"]
    assert policy["Resource"] == {"Ref": "InQueueArn"}
    assert template.of("AWS::Events::Rule")["ListenToBus"]["EventPattern"] == {
        "source": [{"prefix": {"Ref": "InBusSource"}}]
    }
    permission = template.of("AWS::Lambda::Permission")["ListenPermission"]
    assert target(permission["SourceArn"]) == "ListenToBus"
