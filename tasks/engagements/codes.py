"""Codes of other ontologies for an engagement: PLOVER 0.8 and its CAMEO table, as they follow from type and status."""

from __future__ import annotations

_AGREED = {
    "meeting": "036",
    "call": "036",
    "visit": "036",
    "conference": "036",
    "exercise": "0312",
    "transfer": "0332",
}
_HELD: dict[str, tuple[str, str | None]] = {
    "meeting": ("CONSULT", "040"),
    "call": ("CONSULT", "041"),
    "visit": ("CONSULT", "042"),
    "conference": ("CONSULT", "040"),
    "exercise": ("COOPERATE", "062"),
    "operation": ("COOPERATE", "062"),
    "port_call": ("COOPERATE", "042"),
    "agreement": ("SUPPORT", "057"),
    "transfer": ("AID", "072"),
    "training": ("COOPERATE", "062"),
    "deployment": ("MOBILIZE", "154"),
    "encounter": ("MOBILIZE", "150"),
}


def plover(kind: str, status: str) -> str:
    """Return the event type of PLOVER: what is announced is AGREE.

    Example:
        >>> plover("visit", "planned"), plover("visit", "held")
        ('AGREE', 'CONSULT')
    """
    return "AGREE" if status == "planned" and kind in _AGREED else _HELD[kind][0]


def cameo(kind: str, status: str, is_at_home: bool = False) -> str | None:
    """Return the code of CAMEO.

    Args:
        kind: The type.
        status: The status.
        is_at_home: Whether the publisher's side is the host of a visit.

    Example:
        >>> cameo("visit", "planned"), cameo("visit", "held"), cameo("visit", "held", is_at_home=True)
        ('036', '042', '043')
    """
    if status == "planned" and kind in _AGREED:
        return _AGREED[kind]
    return "043" if kind == "visit" and is_at_home else _HELD[kind][1]
