from hub.settings import Settings


def test_an_empty_environment_gives_a_stage_that_pauses_nothing():
    assert Settings.read({}) == Settings(stack="cauce", pause_all=False, log_level="INFO")


def test_the_environment_names_the_parts_of_the_stack():
    settings = Settings.read(
        {
            "STACK": "prod",
            "TABLE_NAME": "t",
            "INBOUND_QUEUE_URL": "in",
            "OUTBOUND_QUEUE_URL": "out",
            "BUCKET_NAME": "b",
            "PUBLIC_URL": "https://hub.example",
            "VENDOR_URL": "http://127.0.0.1:9",
            "PAUSE_OUTGOING": "True",
            "LOG_LEVEL": "DEBUG",
            "PEPPER_SECRET": "p",
            "API_KEY_SECRET": "a",
        }
    )
    assert settings == Settings(
        "prod", "t", "in", "out", "b", "https://hub.example", "http://127.0.0.1:9", True, "DEBUG", "p", "a"
    )


def test_only_the_word_true_pauses_the_stage():
    assert not Settings.read({"PAUSE_OUTGOING": "no"}).pause_all
    assert Settings.read({"PAUSE_OUTGOING": "true"}).pause_all


def test_the_process_has_the_settings_of_its_environment(monkeypatch):
    monkeypatch.setenv("STACK", "dev-7")
    assert Settings.current().stack == "dev-7"
