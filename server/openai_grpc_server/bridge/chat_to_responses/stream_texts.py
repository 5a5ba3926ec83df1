"""The texts of a streamed response as deltas of a chat message: content, refusal, reasoning, annotations."""

from typing import Any

from openai_grpc_server.bridge.annotations import chat_annotation
from openai_grpc_server.bridge.logprobs import chat_logprobs
from openai_grpc_server.bridge.reasoning import SEPARATOR


class Streamed:
    """What was streamed of each text, so that nothing is said twice and nothing is left out.

    Servers differ in what they stream: some send a text only when it is done, or only with its item.
    """

    def __init__(self) -> None:
        self._texts: dict[tuple[str, int, int], str] = {}

    def piece(self, kind: str, output_index: int, part: int, piece: str) -> str:
        """Notes a piece of a text, and returns it."""
        key = (kind, output_index, part)
        self._texts[key] = self._texts.get(key, "") + piece
        return piece

    def rest(self, kind: str, output_index: int, part: int, whole: str) -> str:
        """Returns what of a text was not streamed, and notes that now it is."""
        key = (kind, output_index, part)
        said = self._texts.get(key, "")
        if not whole.startswith(said):
            return ""
        self._texts[key] = whole
        return whole[len(said) :]


class TextDeltas:
    """Writes the events of texts into a choice of a chunk.

    Args:
        streamed: What was streamed of each text.
    """

    def __init__(self, streamed: Streamed) -> None:
        self._streamed = streamed
        self._length = 0
        self._starts: dict[tuple[int, int], int] = {}
        self._annotations: dict[tuple[int, int], int] = {}
        self._reasoned: tuple[str, int, int] | None = None

    def text_delta(self, event: Any, choice: Any) -> None:
        """A piece of the content."""
        piece = self._streamed.piece("text", event.output_index, event.content_index, event.delta)
        self._write(event.output_index, event.content_index, piece, choice)
        if event.logprobs:
            choice.logprobs.content.extend(chat_logprobs(event.logprobs))

    def text_done(self, event: Any, choice: Any) -> None:
        """A whole part of the content."""
        self._text(event.output_index, event.content_index, event, choice)

    def refusal_delta(self, event: Any, choice: Any) -> None:
        """A piece of a refusal."""
        choice.delta.refusal = self._streamed.piece("refusal", event.output_index, event.content_index, event.delta)

    def refusal_done(self, event: Any, choice: Any) -> None:
        """A whole refusal."""
        self._refusal(event.output_index, event.content_index, event.refusal, choice)

    def annotation_added(self, event: Any, choice: Any) -> None:
        """An annotation."""
        place = (event.output_index, event.content_index)
        self._annotations[place] = self._annotations.get(place, 0) + 1
        choice.delta.annotations.append(chat_annotation(event.annotation, self._start(*place)))

    def summary_delta(self, event: Any, choice: Any) -> None:
        """A piece of the summary of reasoning."""
        piece = self._streamed.piece("summary", event.output_index, event.summary_index, event.delta)
        self._reason(("summary", event.output_index, event.summary_index), piece, choice)

    def summary_done(self, event: Any, choice: Any) -> None:
        """A whole part of the summary."""
        self._reasoning("summary", event.output_index, event.summary_index, event.text, choice)

    def reasoning_delta(self, event: Any, choice: Any) -> None:
        """A piece of reasoning in full."""
        piece = self._streamed.piece("reasoning", event.output_index, event.content_index, event.delta)
        self._reason(("reasoning", event.output_index, event.content_index), piece, choice)

    def reasoning_done(self, event: Any, choice: Any) -> None:
        """A whole part of reasoning."""
        self._reasoning("reasoning", event.output_index, event.content_index, event.text, choice)

    def message_done(self, item: Any, output_index: int, choice: Any) -> None:
        """A whole message, of which parts may not have been streamed."""
        for index, part in enumerate(item.content.parts.parts):
            if part.HasField("output_text"):
                self._text(output_index, index, part.output_text, choice)
                begun = self._annotations.get((output_index, index), 0)
                start = self._start(output_index, index)
                annotations = [chat_annotation(each, start) for each in part.output_text.annotations[begun:]]
                choice.delta.annotations.extend(annotations)
            elif part.HasField("refusal"):
                self._refusal(output_index, index, part.refusal.refusal, choice)

    def reasoning_item_done(self, item: Any, output_index: int, choice: Any) -> None:
        """A whole item of reasoning, of which parts may not have been streamed."""
        for kind, parts in (("summary", item.summary), ("reasoning", item.content)):
            for index, part in enumerate(parts):
                self._reasoning(kind, output_index, index, part.text, choice)

    def _text(self, output_index: int, index: int, whole: Any, choice: Any) -> None:
        unseen = (output_index, index) not in self._starts
        rest = self._streamed.rest("text", output_index, index, whole.text)
        self._write(output_index, index, rest, choice)
        if unseen and whole.logprobs:
            choice.logprobs.content.extend(chat_logprobs(whole.logprobs))

    def _write(self, output_index: int, index: int, text: str, choice: Any) -> None:
        self._start(output_index, index)
        if text:
            self._length += len(text)
            choice.delta.content += text

    def _start(self, output_index: int, index: int) -> int:
        """Returns where in the content a part of it begins."""
        return self._starts.setdefault((output_index, index), self._length)

    def _refusal(self, output_index: int, index: int, whole: str, choice: Any) -> None:
        rest = self._streamed.rest("refusal", output_index, index, whole)
        if rest:
            choice.delta.refusal += rest

    def _reasoning(self, kind: str, output_index: int, index: int, whole: str, choice: Any) -> None:
        rest = self._streamed.rest(kind, output_index, index, whole)
        self._reason((kind, output_index, index), rest, choice)

    def _reason(self, place: tuple[str, int, int], text: str, choice: Any) -> None:
        if text:
            apart = self._reasoned not in {None, place}
            self._reasoned = place
            choice.delta.reasoning_content += SEPARATOR + text if apart else text
