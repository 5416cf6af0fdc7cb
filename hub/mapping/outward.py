"""The Python of a mapping outwards: from an entity to the vendor's record."""

from collections.abc import Sequence

from hub.expressions.scope import Scope
from hub.expressions.writer import literal
from hub.mapping.leaves import Target
from hub.mapping.rule import Rule
from hub.mapping.running import ABSENT
from hub.mapping.writer import LeafWriter


class Sender(LeafWriter):
    """Writes `outward`: from an entity to the vendor's record."""

    def outward(self, targets: Sequence[Target]) -> None:
        """`outward`: what is null is left out, or written as the vendor's "no value"."""
        self._scope = Scope("fields", {"customer": "customer"})
        self._clearing = self._empty is not ABSENT
        self._count(target.rule for target in targets)
        with self.block("def outward(fields, customer, settings):"):
            self.write("written = {}")
            if self._document.data["entity"] == "customer" and any(path[0] == "id" for path in self._reads):
                self._scope.names["id"] = self.local("id", "fields.get('id', customer.get('id'))")
            self._nested(targets, "written", self._member_of)
            self.write("return written")

    def _member_of(self, rule: Rule, place: str) -> None:
        if self._constant(rule, place):
            return
        clears = rule.is_path and self._clearing
        nothing = "ABSENT" if clears else "None"
        value = self._part(rule, nothing) or self._guarded(
            rule, nothing, lambda value: self._lost(rule, value, nothing)
        )
        with self.block(f"if {value} is not {nothing}:"):
            self._reach(rule, "value", f"{value} is not None")
            said = f"{literal(self._empty)} if {value} is None else {value}"
            self.write(f"{place} = {said if clears and self._empty is not None else value}")
        if rule.required:
            with self.block("else:"):
                self._reach(rule, "required")
                self.write(f"raise RequiredError('missing-value', {rule.path!r})")

    def _lost(self, rule: Rule, value: str, nothing: str) -> None:
        """A word that is not listed is not written; what has no value cannot be sent."""
        self.write(f"{value} = {nothing}")
        with self.block("if at(error, ()).reason != 'unlisted':"):
            self.write(f"raise at(error, {rule.path!r}) from None")

    def _part(self, rule: Rule, nothing: str) -> str:
        """A member of a composite in `both`, null where the composite is there without it; "" elsewhere."""
        path = (rule.source and rule.source.path) or ()
        if rule.path[0] != "both" or len(path) < 2 or nothing == "None" or rule.lookup:
            return ""
        view = self._scope.views[path[:-1]]
        return self.local(path[-1], f"ABSENT if {view} is EMPTY else {view}.get({path[-1]!r})")
