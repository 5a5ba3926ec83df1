"""Where in a file settings stand, so that what is found wrong later can be told with its place."""

from typing import Any


class Places:
    """Where in the file settings stand."""

    def __init__(self) -> None:
        self._places: dict[int, tuple[Any, dict[str, str]]] = {}

    def note(self, settings: Any, places: dict[str, str]) -> None:
        """Notes where the settings' keys stand, and under an empty name where the settings begin."""
        self._places[id(settings)] = settings, places

    def of(self, settings: Any, key: str = "") -> str:
        """Returns where a key stands, or else its settings, as `file:line:column`."""
        _, places = self._places.get(id(settings), (None, {}))
        return places.get(key) or places.get("", "")
