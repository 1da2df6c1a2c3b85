from __future__ import annotations

from collections.abc import Container
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role, Scope, Weekday
from accounts.fields import ClockField, HolidaysField, HoursField, TimeZoneField
from accounts.models import Invitation, Organisation, Team, User
from accounts.services.joining import taken

USERNAME = User._meta.get_field("username")
LIFETIMES = [("0", _("Does not expire")), ("30", _("30 days")), ("90", _("90 days")), ("365", _("A year"))]


# ── Coming in ────────────────────────────────────────────────────────────────
class NewPersonForm(forms.Form):
    display_name = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput({"autocomplete": "name"})
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        validators=USERNAME.validators,
        help_text=_("Letters, digits and @ . + - _"),
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput({"autocomplete": "email"}), help_text=_("For a forgotten password.")
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=4096,
        help_text=_("At least 10 characters."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    time_zone = TimeZoneField(label=_("Time zone"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:  # what was typed stays
            self.fields["time_zone"].widget.attrs["data-guess-zone"] = True


class SetUpForm(NewPersonForm):
    organisation_name = forms.CharField(label=_("Name of the organisation"), max_length=120)
    currency = forms.RegexField(
        r"^[A-Za-z]{3}\Z",
        label=_("Currency"),
        initial="EUR",
        error_messages={"invalid": _("Three letters, as in EUR.")},
        widget=forms.TextInput({"list": "currencies", "autocomplete": "off", "maxlength": 3, "class": "uppercase"}),
    )
    week_start = forms.TypedChoiceField(label=_("Week starts on"), choices=Weekday.choices, coerce=int, initial=0)
    start = forms.ChoiceField(
        label=_("Begin with"),
        choices=[("empty", _("nothing")), ("demo", _("demo data to look around in"))],
        initial="empty",
        widget=forms.RadioSelect,
    )
    telemetry = forms.BooleanField(
        label=_("Send anonymous usage figures"),
        required=False,
        help_text=_(
            "Nothing is sent unless you choose it here, and never names or texts: only how often things are done. "
            "PostHog is then also asked which features are on; you can decide otherwise."
        ),
        widget=forms.CheckboxInput({"autocomplete": "off"}),  # nor ticked by a browser that remembers
    )

    field_order = [
        "organisation_name", "time_zone", "currency", "week_start", "display_name", "username", "email", "password",
    ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.POSTHOG_API_KEY:
            self.fields["telemetry"].disabled = True
            self.fields["telemetry"].help_text = _("Not possible here: the server has no POSTHOG_API_KEY.")

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].upper()


class AcceptInvitationForm(NewPersonForm):
    pass


# ── Oneself ──────────────────────────────────────────────────────────────────
class ProfileForm(forms.ModelForm):
    time_zone = TimeZoneField(label=_("Time zone"))
    work_starts = ClockField(label=_("Work starts"))
    work_ends = ClockField(label=_("Work ends"))
    weekly_goal_hours = HoursField(
        label=_("Weekly goal"), help_text=_("Hours you mean to work in a week."),
        validators=User._meta.get_field("weekly_goal_hours").validators,
    )  # fmt: skip
    daily_limit_hours = HoursField(
        label=_("Longest entry"), help_text=_("A longer entry is kept and marked for review."),
        validators=User._meta.get_field("daily_limit_hours").validators,
    )  # fmt: skip
    working_days = forms.TypedMultipleChoiceField(
        label=_("Working days"), choices=Weekday.choices, coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    current_password = forms.CharField(
        label=_("Current password"),
        required=False,
        strip=False,
        help_text=_("Only to change the e-mail address."),
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )

    class Meta:
        model = User
        fields = [
            "display_name", "email", "time_zone", "language", "week_start", "hours_format", "weekly_goal_hours",
            "daily_limit_hours", "work_starts", "work_ends", "working_days",
        ]  # fmt: skip
        widgets = {
            "display_name": forms.TextInput({"autocomplete": "name"}),
            "email": forms.EmailInput({"autocomplete": "email"}),
        }

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        # The model's constraint would say it at the top of the form.
        if taken_by_others := taken(User(pk=self.instance.pk, email=email)):
            raise forms.ValidationError(taken_by_others["email"])
        return email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        password = cleaned.pop("current_password", "")
        if cleaned.get("email", self.initial["email"]) != self.initial["email"]:
            self._require_password(password)
        if cleaned.get("work_starts") and cleaned.get("work_starts") == cleaned.get("work_ends"):
            self.add_error("work_ends", _("Work ends at another time than it starts."))
        return cleaned

    def _require_password(self, password: str) -> None:
        """Whoever finds an unlocked computer must not be able to take the account over by mail."""
        person = self.instance
        if person.has_usable_password() and not person.check_password(password):
            self.add_error("current_password", _("To change the e-mail address, write your present password."))


class AppearanceForm(forms.ModelForm):
    """`only`: the names that were sent, where one choice is saved by itself."""

    OWN = "own"

    accent = forms.CharField(label=_("Accent colour"), required=False, max_length=20)
    own_accent = forms.CharField(label=_("Own colour"), required=False, max_length=20)
    sidebar_collapsed = forms.TypedChoiceField(
        label=_("Sidebar"), choices=[(False, _("Wide")), (True, _("Narrow"))],
        coerce=lambda value: value == "True", widget=forms.RadioSelect,
    )  # fmt: skip

    class Meta:
        model = User
        fields = ["theme", "look", "text_size", "density", "sidebar_collapsed"]
        labels = {"theme": _("Light or dark")}
        widgets = {
            "theme": forms.RadioSelect,
            "look": forms.RadioSelect({"class": "radio radio-sm"}),
            "text_size": forms.RadioSelect,
            "density": forms.RadioSelect,
        }

    def __init__(self, *args: Any, only: Container[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if only is not None:
            for name in [name for name in self.fields if name not in only]:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        own = cleaned.pop("own_accent", "")
        if cleaned.get("accent") == self.OWN:
            cleaned["accent"] = own
        return cleaned


class TokenForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("What it is for."))
    scope = forms.ChoiceField(label=_("It may"), choices=Scope.choices, initial=Scope.WRITE)
    days = forms.TypedChoiceField(label=_("Valid for"), choices=LIFETIMES, coerce=lambda days: int(days) or None)


# ── What administrators do ───────────────────────────────────────────────────
class OrganisationForm(forms.ModelForm):
    time_zone = TimeZoneField(label=_("Time zone"), help_text=_("What new people start with."))
    holidays = HolidaysField(
        label=_("Public holidays"),
        help_text=_("Of a country, as in DE, or of a part of it, as in DE-BE. Forecasts count no work on them."),
    )

    class Meta:
        model = Organisation
        fields = ["name", "time_zone", "currency", "week_start", "holidays", "refuse_second_timer"]
        widgets = {"currency": forms.TextInput({"list": "currencies", "autocomplete": "off", "class": "uppercase"})}

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].upper()


class InvitationForm(forms.ModelForm):
    days = forms.TypedChoiceField(
        label=_("Valid for"), choices=[(1, _("1 day")), (7, _("7 days")), (30, _("30 days"))], coerce=int, initial=7
    )

    class Meta:
        model = Invitation
        fields = ["email", "role", "team"]
        help_texts = {"email": _("If you write one, the link is mailed there as well.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].empty_label = _("No team")  # type: ignore[attr-defined]  # it is a ModelChoiceField


class PeopleFilterForm(forms.Form):
    """Nonsense in the address means "no filter"."""

    q = forms.CharField(required=False, widget=forms.TextInput({"type": "search"}))
    state = forms.ChoiceField(
        required=False, choices=[("active", _("Active")), ("left", _("Former")), ("all", _("All"))]
    )
    role = forms.ChoiceField(required=False, choices=[("", _("Every role")), *Role.choices])
    team = forms.ModelChoiceField(required=False, queryset=Team.objects.none(), empty_label=_("Every team"))

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.visible_to(user)  # type: ignore[attr-defined]  # ModelChoiceField

    def choices_made(self) -> dict[str, Any]:
        self.is_valid()
        found = self.cleaned_data
        return {
            "search": found.get("q", ""),
            "state": found.get("state") or "active",
            "role": found.get("role", ""),
            "team": found.get("team"),
        }


class BulkForm(forms.Form):
    ids = forms.ModelMultipleChoiceField(queryset=User.objects.all())
    action = forms.ChoiceField(choices=[(name, name) for name in ("role", "team", "deactivate", "reactivate")])
    role = forms.ChoiceField(choices=Role.choices, required=False)
    team = forms.ModelChoiceField(queryset=Team.objects.all(), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        action = cleaned.get("action")
        if action in {"role", "team"} and not cleaned.get(action):
            self.add_error(action, _("Choose one first."))
        return cleaned


class PersonForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    teams = forms.ModelMultipleChoiceField(
        label=_("Teams"), queryset=Team.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)


class TeamPeopleForm(TeamForm):
    members = forms.ModelMultipleChoiceField(queryset=User.objects.filter(is_active=True), required=False)
    leads = forms.ModelMultipleChoiceField(queryset=User.objects.filter(is_active=True), required=False)
    person = forms.ModelMultipleChoiceField(queryset=User.objects.filter(is_active=True), required=False)
    """Looked up, where those who could be ticked are too many."""
