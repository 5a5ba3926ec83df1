"""Lets go of what an error would keep in memory."""


def forget_frames(error: BaseException) -> None:
    """Lets go of the frames that an error passed through, and those that its causes did: frames may hold the error."""
    links: list[BaseException | None] = [error]
    seen: set[int] = set()  # an error may be among its own causes
    while links:
        link = links.pop()
        if link is not None and id(link) not in seen:
            seen.add(id(link))
            links += (link.__cause__, link.__context__)
            link.__traceback__ = link.__cause__ = link.__context__ = None
