"""A vendor made of a connector's file alone: it knows its calls, keeps records, answers as is read.

Never in the artifact (docs/decisions/0029-contract.md).
"""

from hub.simulator.faults import Fault
from hub.simulator.planting import NotPlantedError, planted, satisfied
from hub.simulator.trouble import SimulationError
from hub.simulator.vendor import Simulator

__all__ = ["Fault", "NotPlantedError", "SimulationError", "Simulator", "planted", "satisfied"]
