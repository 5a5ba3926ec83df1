"""The codec's exception."""


class CodecError(ValueError):
    """A message that can't be JSON, or JSON that can't be a message.

    Attributes:
        path: Where, in Protobuf's field names: `messages[2].content.parts[0]`. Empty for the whole value.
        reason: The problem. Quotes names of fields, never values.
    """

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path = path
        self.reason = reason
