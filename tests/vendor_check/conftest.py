"""The figure by which the connectors are accepted, at the end of `make vendor-check`."""

from tests.vendor_check.test_requests import CATALOG, TALLY, Tally, operations


def pytest_terminal_summary(terminalreporter):
    if not TALLY:
        return
    others = {name: len(operations(name)) for name in CATALOG.connectors.keys() - TALLY.keys()}
    rows = {**TALLY, **{name: Tally(0, 0, 0, count) for name, count in others.items() if count}}
    terminalreporter.section("requests against the vendors' own files")
    for name, row in [*sorted(rows.items()), ("all", Tally(*map(sum, zip(*rows.values(), strict=True))))]:
        terminalreporter.write_line(
            f"{name:16} {row.valid:3} of {row.described:3} operations valid,"
            f" {row.guided:2} of them as its guide has them; {row.absent:3} in no file"
        )
