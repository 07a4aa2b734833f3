"""The extensions, without an app. `create_app` binds them; nothing here imports the app."""

from __future__ import annotations

from flask_htmx import HTMX
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from portal.database import Base
from portal.tasking import PortalHuey

db = SQLAlchemy(model_class=Base)
csrf = CSRFProtect()
login = LoginManager()
limiter = Limiter(get_remote_address)
htmx = HTMX()
huey = PortalHuey()
