"""The content of outgoing events, composed anew from a parcel. Pure; copies nothing that came in (leak 5)."""

from __future__ import annotations

import hashlib

from outreach.adapters.matrix.fields import Json
from outreach.domain.pictures import Picture
from outreach.ports import Parcel

FACTS = "community.outreach"
#: Names the message beside its words, also beside an encrypted one: by it another device of the bot knows it again.
MARK = "community.outreach.mark"


def mark(key: str) -> str:
    """Says nothing but that it belongs to a key, and nobody finds the key from it."""
    return hashlib.sha256(f"mark {key}".encode()).hexdigest()[:32]


def marked(content: Json, key: str) -> Json:
    return {**content, MARK: mark(key)}


def private(parcel: Parcel) -> Json:
    """Toward a person: these two keys, and the mark that every event has."""
    return {"msgtype": "m.text", "body": parcel.text}


def staff(parcel: Parcel) -> Json:
    """m.notice notifies nobody; only pings are m.text, with the mention that highlights."""
    said: dict[str, object] = {"msgtype": "m.text" if parcel.pings else "m.notice", "body": parcel.text}
    said[FACTS] = dict(parcel.facts)
    if parcel.pings:
        said["m.mentions"] = {"user_ids": list(parcel.pings)}
    if parcel.replaces:
        relation = {"rel_type": "m.replace", "event_id": parcel.replaces}
        return said | {"body": f"* {parcel.text}", "m.new_content": said, "m.relates_to": relation}
    if parcel.place.thread:
        said["m.relates_to"] = _in_thread(parcel.place.thread)
    return said


def with_picture(content: Json, name: str, picture: Picture, where: Json) -> Json:
    """The same words as the caption of a picture, which stands where it was uploaded to."""
    info = {"mimetype": "image/jpeg", "size": len(picture.body), "w": picture.width, "h": picture.height}
    return {**content, "msgtype": "m.image", "filename": name, "info": info, **where}


def reaction(event: str, key: str) -> Json:
    return {"m.relates_to": {"rel_type": "m.annotation", "event_id": event, "key": key}}


def _in_thread(root: str) -> Json:
    """With the fallback for clients that know no threads: a reply to the root."""
    return {
        "rel_type": "m.thread",
        "event_id": root,
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": root},
    }
