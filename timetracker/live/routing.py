from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from django.urls import path, re_path

from timetracker.live.consumers import LiveConsumer
from timetracker.live.origin import SameOrigin

websocket_application = SameOrigin(
    URLRouter(
        [
            path("ws/", AuthMiddlewareStack(LiveConsumer.as_asgi())),
            re_path("", WebsocketDenier.as_asgi()),  # without a route there would be a traceback for each try
        ]
    )
)
