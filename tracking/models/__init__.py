from tracking.models.batch import Batch, BatchChange
from tracking.models.budget import BudgetMark
from tracking.models.client import Client
from tracking.models.day_total import DayTagTotal, DayTotal
from tracking.models.deadline import DeadlineMark
from tracking.models.entry import Break, TimeEntry
from tracking.models.favourite import Favourite
from tracking.models.project import FavouriteProject, Project, ProjectMember, ProjectRate
from tracking.models.tag import Tag
from tracking.models.task import Task
from tracking.models.time_import import TimeImport

__all__ = [
    "Batch",
    "BatchChange",
    "Break",
    "BudgetMark",
    "Client",
    "DayTagTotal",
    "DayTotal",
    "DeadlineMark",
    "Favourite",
    "FavouriteProject",
    "Project",
    "ProjectMember",
    "ProjectRate",
    "Tag",
    "Task",
    "TimeEntry",
    "TimeImport",
]
