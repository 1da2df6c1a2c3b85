from django.urls import path

from tracking.views import board, clients, project_people, projects, tags, task_bulk, tasks

ARCHIVE, BRING_BACK = {"archived": True}, {"archived": False}

urlpatterns = [
    path("clients/", clients.client_list, name="clients"),
    path("clients/new/", clients.client_new, name="client-new"),
    path("clients/archive/", clients.clients_bulk, ARCHIVE, name="clients-archive"),
    path("clients/bring-back/", clients.clients_bulk, BRING_BACK, name="clients-bring-back"),
    path("clients/<int:pk>/", clients.client_page, name="client"),
    path("clients/<int:pk>/edit/", clients.client_edit, name="client-edit"),
    path("clients/<int:pk>/archive/", clients.client_archive, ARCHIVE, name="client-archive"),
    path("clients/<int:pk>/bring-back/", clients.client_archive, BRING_BACK, name="client-bring-back"),
    path("clients/<int:pk>/delete/", clients.client_delete, name="client-delete"),
    path("projects/", projects.project_list, name="projects"),
    path("projects/new/", projects.project_new, name="project-new"),
    path("projects/bulk/", projects.projects_bulk, name="projects-bulk"),
    path("projects/<int:pk>/", projects.project_page, name="project"),
    path("projects/<int:pk>/edit/", projects.project_edit, name="project-edit"),
    path("projects/<int:pk>/archive/", projects.project_archive, ARCHIVE, name="project-archive"),
    path("projects/<int:pk>/bring-back/", projects.project_archive, BRING_BACK, name="project-bring-back"),
    path("projects/<int:pk>/delete/", projects.project_delete, name="project-delete"),
    path("projects/<int:pk>/favourite/", projects.project_favourite, name="project-favourite"),
    path("projects/<int:pk>/people/", project_people.project_people, name="project-people"),
    path("projects/<int:pk>/people/add/", project_people.member_add, name="project-member-add"),
    path("projects/<int:pk>/people/restore/", project_people.member_restore, name="project-member-restore"),
    *(
        path(
            f"projects/<int:pk>/people/<int:user_id>/{role}/",
            project_people.member_set,
            {"role": role},
            name=f"project-member-{role}",
        )
        for role in ("manager", "member", "none")
    ),
    path("projects/<int:pk>/rates/add/", project_people.rate_add, name="project-rate-add"),
    path("projects/<int:pk>/rates/restore/", project_people.rate_restore, name="project-rate-restore"),
    path("projects/<int:pk>/rates/<int:rate_id>/remove/", project_people.rate_remove, name="project-rate-remove"),
    path("tasks/", tasks.task_list, name="tasks"),
    path("tasks/new/", tasks.task_new, name="task-new"),
    path("tasks/quick/", tasks.task_quick, name="task-quick"),
    path("tasks/bulk/", task_bulk.tasks_bulk, name="tasks-bulk"),
    path("tasks/board/", board.board, name="board"),
    path("tasks/<int:pk>/", tasks.task_page, name="task"),
    path("tasks/<int:pk>/edit/", tasks.task_edit, name="task-edit"),
    path("tasks/<int:pk>/status/", tasks.task_status, name="task-status"),
    path("tasks/<int:pk>/move/", board.task_move, name="task-move"),
    path("tasks/<int:pk>/archive/", tasks.task_archive, ARCHIVE, name="task-archive"),
    path("tasks/<int:pk>/bring-back/", tasks.task_archive, BRING_BACK, name="task-bring-back"),
    path("tasks/<int:pk>/timer/", tasks.task_timer, name="task-timer"),
    path("tasks/<int:pk>/delete/", tasks.task_delete, name="task-delete"),
    path("tags/", tags.tag_list, name="tags"),
    path("tags/new/", tags.tag_new, name="tag-new"),
    path("tags/again/", tags.tag_again, name="tag-again"),
    path("tags/archive/", tags.tags_bulk, ARCHIVE, name="tags-archive"),
    path("tags/bring-back/", tags.tags_bulk, BRING_BACK, name="tags-bring-back"),
    path("tags/<int:pk>/edit/", tags.tag_edit, name="tag-edit"),
    path("tags/<int:pk>/archive/", tags.tag_archive, ARCHIVE, name="tag-archive"),
    path("tags/<int:pk>/bring-back/", tags.tag_archive, BRING_BACK, name="tag-bring-back"),
    path("tags/<int:pk>/delete/", tags.tag_delete, name="tag-delete"),
]
