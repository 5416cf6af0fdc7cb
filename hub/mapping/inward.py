"""The Python of a mapping inwards: from a vendor's record to fields."""

from collections.abc import Sequence

from hub.expressions.scope import Scope
from hub.mapping.leaves import Ledger, Target
from hub.mapping.rule import Rule
from hub.mapping.running import ABSENT
from hub.mapping.writer import LeafWriter


class Reader(LeafWriter):
    """Writes `inward` and `told`: from a vendor's record to fields."""

    def told(self, targets: Sequence[Target]) -> None:
        """`told`: what the fields of `both` are in a vendor's record."""
        self._function("told(record, payload, drift)", targets, ())

    def inward(self, targets: Sequence[Target], ledgers: Sequence[Ledger]) -> None:
        """`inward`: what a record says of each field, and of consents."""
        self._function("inward(record, payload, settings, drift)", targets, ledgers)

    def _function(self, head: str, targets: Sequence[Target], ledgers: Sequence[Ledger]) -> None:
        self._scope = Scope("record", {"payload": "payload"})
        self._count(target.rule for target in targets)
        self._count(rule for ledger in ledgers for rule in ledger.rules)
        with self.block(f"def {head}:"):
            self.write("fields = {}")
            self._nested(targets, "fields", self._field_of)
            said = [self._said(ledger) for ledger in ledgers]
            self.write(f"return fields, [{', '.join(said)}]")

    def _said(self, ledger: Ledger) -> str:
        """Address, state and time of a consent, as text."""
        rules = (ledger.address, ledger.state, ledger.at)
        found = ["None" if rule is None else self._consent(rule) for rule in rules]
        self.comment = ""
        return f"({', '.join(found)})"

    def _consent(self, rule: Rule) -> str:
        self._start(rule)
        value = self.local("said", self._read(rule))
        self._reach(rule, "value", f"{value} not in (None, '', ABSENT)")
        return value

    def _field_of(self, rule: Rule, place: str) -> None:
        """A leaf of a field: an explicit "no value" clears (None), nothing at all leaves it."""
        if self._constant(rule, place):
            return
        value = self._read(rule)
        with self.block(f"if {value} is not {'ABSENT' if rule.is_path else 'None'}:"):
            self._reach(rule, "value", f"{value} is not None and {value} != ''")
            self.write(f"{place} = {self._cleared(value) if rule.is_path else value}")

    def _read(self, rule: Rule) -> str:
        """The variable of a leaf's value: ABSENT (a path's) or None (an expression's) for nothing."""
        nothing = "ABSENT" if rule.is_path else "None"
        value = self._guarded(rule, nothing, lambda value: self._lost(rule, value, nothing))
        if not rule.is_path:
            with self.block(f"if {value} == '':"):
                self.write(f"{value} = None")
        if rule.required:
            test = f"({self._cleared(value)}) in (None, ABSENT)" if rule.is_path else f"{value} is None"
            with self.block(f"if {test}:"):
                self._reach(rule, "required")
                self.write(f"raise RequiredError('missing-value', {rule.path!r})")
        return value

    def _lost(self, rule: Rule, value: str, nothing: str) -> None:
        if rule.required:
            self.write(f"raise RequiredError('bad-value', at(error, {rule.path!r}).path) from None")
        else:
            self.write(f"drift.append(at(error, {rule.path!r}).path)")
            self.write(f"{value} = {nothing}")

    def _unlisted(self, rule: Rule, value: str) -> str:
        """As always; but null for what means "no value", as it would be without a lookup."""
        plain = rule.is_path and rule.otherwise is ABSENT
        return f"None if {self._is_nothing(value)} else UNLISTED" if plain else "UNLISTED"

    def _cleared(self, value: str) -> str:
        """A path's value, None for what means "no value"."""
        return f"None if {self._is_nothing(value)} else {value}"

    def _is_nothing(self, value: str) -> str:
        """The condition that a path's value means "no value"."""
        words = [f"{value} == ''"]
        if isinstance(self._empty, str) and self._empty:
            words.append(f"{value} == {self._empty!r}")
        elif isinstance(self._empty, bool):
            words.append(f"{value} is {self._empty}")
        return " or ".join(words)
