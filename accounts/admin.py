"""People in the admin. What has a meaning goes through the services; nobody is deleted here."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from waffle.models import Switch

from accounts.choices import FlagChoice
from accounts.models import ApiToken, Invitation, Organisation, Team, TeamMember, Use, User
from accounts.services.flags import set_flag
from accounts.services.invitations import withdraw_invitation
from accounts.services.organisation import require_telemetry_key, update_organisation
from accounts.services.people import change_role, deactivate_people, reactivate_people
from accounts.services.profile import update_profile
from accounts.services.sessions import end_all_sessions
from accounts.services.teams import create_team, delete_team, update_team
from accounts.services.tokens import revoke_token
from timetracker.web.errors import Conflict
from timetracker.web.flags import FLAGS, state_of

# The same door for everybody: tries are counted, and the second factor is asked for.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # how allauth documents it


class ReadOnlyAdmin(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PersonAdminForm(UserChangeForm):
    class Meta(UserChangeForm.Meta):
        model = User
        fields = "__all__"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        last = User.objects.administrators().exclude(pk=self.instance.pk)
        if "role" in self.changed_data and self.initial["role"] == "administrator" and not last.exists():
            raise ValidationError({"role": _("%(name)s is the last administrator.") % {"name": self.instance}})
        return cleaned


class PersonPasswordForm(AdminPasswordChangeForm):
    def save(self, commit: bool = True) -> User:
        person = super().save(commit)
        end_all_sessions(person=person)
        return person


@admin.register(User)
class PersonAdmin(UserAdmin):
    form = PersonAdminForm
    change_password_form = PersonPasswordForm
    list_display = ["username", "display_name", "email", "role", "is_active", "last_login"]
    list_filter = ["is_active", "role", "teams"]
    search_fields = ["username", "display_name", "email"]
    ordering = ["username"]
    filter_horizontal = ()
    readonly_fields = [
        "username", "is_active", "last_login", "date_joined", "left_at", "shortcuts", "quick_actions", "dashboard",
    ]  # fmt: skip
    fieldsets = [
        (None, {"fields": ["username", "password", "display_name", "email", "role", "is_active"]}),
        (
            gettext_lazy("Settings"),
            {
                "fields": [
                    "time_zone", "language", "week_start", "hours_format", "weekly_goal_hours", "daily_limit_hours",
                    "work_starts", "work_ends", "working_days",
                ]
            },
        ),
        (
            gettext_lazy("Appearance"),
            {
                "fields": [
                    "theme", "look", "accent", "text_size", "density", "sidebar_collapsed",
                    "shortcuts", "quick_actions", "dashboard",
                ]
            },
        ),
        (gettext_lazy("Dates"), {"fields": ["date_joined", "last_login", "left_at"]}),
    ]  # fmt: skip
    actions = ["deactivate", "reactivate"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People come by invitation, or by `createsuperuser`."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        changes = {name: form.cleaned_data[name] for name in form.changed_data if name in form.cleaned_data}
        role = changes.pop("role", None)
        if role is not None:
            change_role(actor=request.user, person=obj, role=role)
        update_profile(person=obj, actor=request.user, **changes)

    @admin.action(description=gettext_lazy("Deactivate the selected people"))
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        try:
            count = deactivate_people(actor=request.user, people=queryset)
        except Conflict as error:
            self.message_user(request, error.message, messages.ERROR)
        else:
            self.message_user(request, _("Deactivated: %(count)d.") % {"count": count})

    @admin.action(description=gettext_lazy("Reactivate the selected people"))
    def reactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        count = reactivate_people(actor=request.user, people=queryset)
        self.message_user(request, _("Reactivated: %(count)d.") % {"count": count})


class TeamAdminForm(forms.ModelForm):
    members = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Members"),
        queryset=User.objects.all(),
        required=False,
        widget=FilteredSelectMultiple(gettext_lazy("people"), False),
    )
    leads = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Leads"),
        queryset=User.objects.all(),
        required=False,
        widget=FilteredSelectMultiple(gettext_lazy("leads"), False),
    )

    class Meta:
        model = Team
        fields = ["name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["members"].initial = User.objects.filter(memberships__team=self.instance)
            leads = User.objects.filter(memberships__team=self.instance, memberships__is_lead=True)
            self.fields["leads"].initial = leads


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    form = TeamAdminForm
    list_display = ["name", "created_at"]
    search_fields = ["name"]

    def save_model(self, request: HttpRequest, obj: Team, form: forms.ModelForm, change: bool) -> None:
        people = {
            "member_ids": [person.pk for person in form.cleaned_data["members"]],
            "lead_ids": [person.pk for person in form.cleaned_data["leads"]],
        }
        name = form.cleaned_data["name"]
        saved = (
            update_team(actor=request.user, team=obj, name=name, **people)
            if change
            else create_team(actor=request.user, name=name, **people)
        )
        obj.pk = saved.pk

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """Who is in a team goes with it; that rows of it are not deleted one by one is no hindrance."""
        shown, counts, _perms_needed, protected = super().get_deleted_objects(objs, request)
        return shown, counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: Team) -> None:
        delete_team(actor=request.user, team=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Team]) -> None:
        for team in queryset:
            delete_team(actor=request.user, team=team)


@admin.register(TeamMember)
class TeamMemberAdmin(ReadOnlyAdmin):
    """To look through; a team's page changes them."""

    list_display = ["team", "user", "is_lead"]
    list_filter = ["team", "is_lead"]
    list_select_related = ["team", "user"]


class OrganisationAdminForm(forms.ModelForm):
    def clean_telemetry(self) -> bool:
        """Switched here as well as on the page of telemetry."""
        on = bool(self.cleaned_data["telemetry"])
        if on and "telemetry" in self.changed_data:
            try:
                require_telemetry_key()
            except ValidationError as error:
                raise ValidationError(error.message_dict["telemetry"]) from error
        return on


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    form = OrganisationAdminForm
    list_display = ["name", "time_zone", "currency", "set_up_at"]
    exclude = ["setup_token_hash"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Organisation, form: forms.ModelForm, change: bool) -> None:
        update_organisation(actor=request.user, **{name: form.cleaned_data[name] for name in form.changed_data})


class SwitchAdminForm(forms.ModelForm):
    name = forms.ChoiceField(label=gettext_lazy("Name"), choices=lambda: [(name, name) for name in FLAGS])

    class Meta:
        model = Switch
        fields = ["name", "active"]


@admin.register(Switch)
class SwitchAdmin(admin.ModelAdmin):
    """Feature flags as far as the administration has a say; without a row PostHog decides, or the default."""

    form = SwitchAdminForm
    list_display = ["name", "active", "now", "posthog", "modified"]
    search_fields = ["name"]
    ordering = ["name"]

    def get_readonly_fields(self, request: HttpRequest, obj: Switch | None = None) -> list[str]:
        return ["name"] if obj else []

    @admin.display(description=gettext_lazy("Decided by"))
    def now(self, row: Switch) -> str:
        return state_of(FLAGS[row.name]).why.label if row.name in FLAGS else "–"

    @admin.display(description=gettext_lazy("PostHog says"), boolean=True)
    def posthog(self, row: Switch) -> bool | None:
        return state_of(FLAGS[row.name]).posthog if row.name in FLAGS else None

    def save_model(self, request: HttpRequest, obj: Switch, form: forms.ModelForm, change: bool) -> None:
        choice = FlagChoice.ON if form.cleaned_data["active"] else FlagChoice.OFF
        self._set(request, obj.name, choice)
        obj.pk = getattr(Switch.objects.filter(name=obj.name).first(), "pk", None)

    def delete_model(self, request: HttpRequest, obj: Switch) -> None:
        if obj.name in FLAGS:
            self._set(request, obj.name, FlagChoice.DEFAULT)
        else:  # a flag of an earlier version, which nothing asks for
            obj.delete()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Switch]) -> None:
        for switch in queryset:
            self.delete_model(request, switch)

    def _set(self, request: HttpRequest, name: str, choice: FlagChoice) -> None:
        set_flag(actor=request.user, name=name, choice=choice)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ["email", "role", "team", "invited_by", "created_at", "expires_at", "accepted_at", "revoked_at"]
    list_filter = ["role", "team"]
    list_select_related = ["team", "invited_by"]
    exclude = ["token_hash", "seed"]
    actions = ["withdraw"]

    @admin.action(description=gettext_lazy("Withdraw the selected invitations"))
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        for invitation in queryset.filter(accepted_at=None):
            withdraw_invitation(actor=request.user, invitation=invitation)


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    list_display = ["name", "user", "scope", "created", "expiry", "last_used_at"]
    list_filter = ["scope"]
    list_select_related = ["user"]
    exclude = ["digest", "token_key"]
    actions = ["revoke"]

    @admin.action(description=gettext_lazy("Revoke the selected tokens"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        for token in queryset.select_related("user"):
            revoke_token(actor=request.user, token=token)


@admin.register(Use)
class UseAdmin(ReadOnlyAdmin):
    list_display = ["what", "user", "count", "used_at"]
    list_select_related = ["user"]
