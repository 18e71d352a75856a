"""People who act through their own tokens alone and know nothing of the bot's inside."""

from outreach.entrypoints.sandbox.people.fediverse import FediversePerson, Post
from outreach.entrypoints.sandbox.people.http import Refused
from outreach.entrypoints.sandbox.people.matrix import MatrixPerson
from outreach.entrypoints.sandbox.people.matrix_device import MatrixDevice
from outreach.entrypoints.sandbox.people.matrix_sync import Happening
from outreach.entrypoints.sandbox.people.transcript import NotObserved

__all__ = ["FediversePerson", "Happening", "MatrixDevice", "MatrixPerson", "NotObserved", "Post", "Refused"]
