"""A contract for import-linter: how a room may be entered."""

from typing import Any, cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from importlinter.application import contract_utils
from importlinter.application.contract_utils import AlertLevel


class DoorsContract(Contract):
    """A module of a room may be imported from outside the room only if it is one of the doors.

    What lies behind a door that is a package is inside.
    """

    type_name = "doors"

    doors = fields.SetField(subfield=fields.StringField())
    ignore_imports = fields.SetField(subfield=fields.ImportExpressionField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every import that goes into a room."""
        contract_utils.remove_ignored_imports_and_report(
            graph=graph, ignore_imports=cast("Any", self.ignore_imports), unmatched_alerting=AlertLevel.NONE
        )
        rooms = {m.rpartition(".")[0] for m in graph.modules if m.endswith((".service", ".models"))}
        through_walls = sorted(
            (importer, entered)
            for room in rooms
            for entered in graph.find_descendants(room)
            if entered.removeprefix(f"{room}.") not in cast("set[str]", self.doors)
            for importer in graph.find_modules_that_directly_import(entered)
            if not importer.startswith(f"{room}.")
        )
        return ContractCheck(kept=not through_walls, metadata={"through_walls": through_walls})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each import that goes through a wall."""
        for importer, entered in check.metadata["through_walls"]:
            output.print_error(f"{importer} enters {entered} through the wall.")
