from workflows.models.execution import Execution, Step
from workflows.models.rule import Miss, Rule, Version

__all__ = ["Execution", "Miss", "Rule", "Step", "Version"]
