from workflows.models.execution import Execution, Step
from workflows.models.rule import Miss, Rule, Version
from workflows.models.secret import Secret

__all__ = ["Execution", "Miss", "Rule", "Secret", "Step", "Version"]
