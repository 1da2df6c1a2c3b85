from accounts.models.invitation import Invitation
from accounts.models.organisation import Organisation
from accounts.models.team import Team, TeamMember
from accounts.models.token import ApiToken
from accounts.models.use import Use
from accounts.models.user import User, display_name, led_by

__all__ = ["ApiToken", "Invitation", "Organisation", "Team", "TeamMember", "Use", "User", "display_name", "led_by"]
