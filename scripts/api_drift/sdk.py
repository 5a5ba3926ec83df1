"""Types of OpenAI's package: docstrings, required keys, and names."""

import ast
import inspect
import itertools
import re
import textwrap
import typing
from collections.abc import Iterator
from typing import Any

import typing_extensions

LENGTH = 280  # of a description, in characters: sentences beyond it are left to the reference


def plain(text: str) -> str:
    """Returns the first sentences of a docstring without links, lists and line breaks."""
    text = inspect.cleandoc(text).split("\n- ")[0].split("\n* ")[0]
    text = re.sub(r"\[([^\]]+)\]\((?:[^()]|\([^)]*\))*\)", r"\1", text)
    text = re.sub(r"\b(Learn|Read) more\b[^.]*\.?(?=\s|$)", "", text)
    text = " ".join(text.split())
    kept = ""
    for sentence in re.split(r"(?<=[.:!?])\s+(?=[A-Z`])", text):
        if kept and len(kept) + len(sentence) > LENGTH:
            break
        kept = f"{kept} {sentence}".strip()
    kept = kept.rstrip(":").strip()
    return kept if not kept or kept.endswith((".", "!", "?")) else f"{kept}."


def attribute_docstrings(cls: Any) -> dict[str, str]:
    """Returns the docstrings of the attributes of a class and of its bases, by attribute."""
    found: dict[str, str] = {}
    for base in reversed(list(_bases(cls))):
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(base)))
        except (OSError, TypeError, SyntaxError):
            continue  # built from a call: `TypedDict("Name", {...})`
        body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
        for each, after in itertools.pairwise(body):
            if (
                isinstance(each, ast.AnnAssign)
                and isinstance(each.target, ast.Name)
                and isinstance(after, ast.Expr)
                and isinstance(after.value, ast.Constant)
                and isinstance(after.value.value, str)
            ):
                found[each.target.id] = after.value.value
    return found


def _bases(cls: Any) -> Iterator[Any]:
    yield cls
    for base in typing_extensions.get_original_bases(cls):
        if isinstance(base, type) and base.__module__.split(".")[0] not in {"typing", "typing_extensions", "pydantic"}:
            yield from () if base is object else _bases(base)


def described(cls: Any, key: str) -> str:
    """Returns what the package says about a key of a type; empty: nothing."""
    documented = attribute_docstrings(cls)
    names = [key, f"{key}_", *(name for name, info in getattr(cls, "model_fields", {}).items() if info.alias == key)]
    return next((plain(documented[name]) for name in names if name in documented), "")


def is_required(cls: Any, key: str) -> bool:
    """Returns whether a type of the package always has a key."""
    models = getattr(cls, "model_fields", None)
    if models is not None:
        return any((info.alias or name) == key and info.is_required() for name, info in models.items())
    # Not `__required_keys__`: under postponed evaluation that does not see `Required`.
    hint = typing_extensions.get_type_hints(cls, include_extras=True).get(key)
    origin = typing.get_origin(hint)
    if origin is typing.Annotated:
        origin = typing.get_origin(typing.get_args(hint)[0])
    if origin in {typing.Required, typing_extensions.Required}:
        return True
    return _is_total(cls, key) and origin not in {typing.NotRequired, typing_extensions.NotRequired}


def _is_total(cls: Any, key: str) -> bool:
    """Returns whether the TypedDict that declares a key, a class or one of its bases, is total."""
    for base in typing_extensions.get_original_bases(cls):
        if key in getattr(base, "__annotations__", {}):
            return _is_total(base, key)
    return bool(cls.__total__)


def is_always_set(cls: Any, key: str, hint: Any) -> bool:
    """Returns whether a type of the package always has a key, and never as null."""
    return is_required(cls, key) and type(None) not in typing.get_args(hint)


def shown(hint: Any) -> str:
    """Returns a type of the package as a reader knows it."""
    return str(getattr(hint, "__name__", hint)) if not typing.get_args(hint) else str(hint).replace("typing.", "")


def base_name(cls: Any) -> str:
    """Returns the name of an object type without the words for its role, such as `ItemParam`."""
    return re.sub(r"(?<=.)(Item)?Params?$", "", cls.__name__)


def role_name(cls: Any, key: str) -> str:
    """Returns the name of an object type, or of its key if that is some words of it and its last ones."""
    name, camel = base_name(cls), camel_case(key)
    return camel if "_" in key and name.endswith(camel) else name


def camel_case(key: str) -> str:
    """Returns a key as the name of a message."""
    return "".join(word.capitalize() for word in key.split("_"))


def message_name(cls: Any, outer: str, key: str) -> str:
    """Returns the name of a message for an object type: inside another one without that one's name.

    Args:
        cls: The type.
        outer: The message that gets it inside.
        key: The key that has it.
    """
    name, camel = base_name(cls), camel_case(key)
    if name.endswith(camel):
        return camel
    around = outer.rpartition(".")[2]
    return name[len(around) :] if name.startswith(around) and len(name) > len(around) else name
