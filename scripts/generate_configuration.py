"""Writes docs/configuration.md from the settings classes; `--check` verifies it."""

import dataclasses
import sys
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Union

from openai_grpc_server.config.providers import OTHERS, PROVIDERS
from openai_grpc_server.config.reader import has_default, is_secret
from openai_grpc_server.config.schema import attributes, first_line
from openai_grpc_server.config.secret import Secret
from openai_grpc_server.config.settings import Settings
from openai_grpc_server.config.unsupported import NOT_YET, UNSUPPORTED

PAGE = Path(__file__).parent.parent / "docs" / "configuration.md"
NAMES = {str: "text", Secret: "text", bool: "true, false", int: "whole number", float: "number", Any: "anything"}

HEAD = """\
# Configuration

<!-- Written by scripts/generate_configuration.py from the settings classes. -->

A YAML file in the shape of LiteLLM's `config.yaml`: `openai-grpc serve --config FILE`. Times are in seconds, sizes
in bytes.

- `os.environ/NAME`, as a value or inside a longer text, is the variable `NAME` of the environment; where only
  `NAME_FILE` is set, the text of that file. Other forms (`${NAME}`, `$NAME`, `{{ }}`) are refused, as they would
  be sent as they stand; `$${` is the text `${`. `serve --env-file .env` reads variables that the environment does
  not have from a file, anew on each reload and when it changes.
- Each secret can be in a file: `api_key_file`, `master_key_file`, `redis_password_file`, ... in place of
  `api_key`, .... Paths are relative to the file that has the key. A file that changes is read anew within a
  second, without a restart.
- `include` adds files. Of mappings that `<<: [*one, *two]` merges the earlier one wins. Keys at the top, or in a
  section, that begin with `x-` are a place for anchors.
- `openai-grpc check-config FILE` finds every problem, with file, line and column, and sends nothing; `--live` also asks
  each upstream for its models.
- `openai-grpc config-schema` prints the file's JSON Schema, for editors.
- SIGHUP makes a running server read the file again. Calls that run end as they began; a broken file changes nothing,
  and the log says why. Which changed keys of `server` need a restart is logged too.
- A file that `check-config` accepts with warnings is served; the warnings are logged at the start.
- Without a file: `serve --model NAME` sends every call to one model, `--api-base URL` stands in for `OPENAI_BASE_URL`.
- One provider prefix is stripped from `litellm_params.model`, such as `openai/` or one of [these](#provider-prefixes);
  `openai/responses/` serves chat by the Responses API, `text-completion-openai/` by legacy completions.

```yaml
model_list:
  - model_name: gpt-4o
    litellm_params:
      model: openai/gpt-4o
      api_key: os.environ/OPENAI_API_KEY
  - model_name: "*"
    litellm_params:
      model: hosted_vllm/*
      api_base: http://vllm:8000/v1
      api_key: ""
```
"""


def main() -> int:
    """Writes or checks the page; returns the exit code."""
    text = page()
    if "--check" not in sys.argv:
        PAGE.write_text(text)
        return 0
    if PAGE.exists() and PAGE.read_text() == text:
        return 0
    print(f"{PAGE.name} is not what the settings classes say; run scripts/generate_configuration.py")
    return 1


def page() -> str:
    """Returns the whole page."""
    return "\n".join([HEAD, *section(Settings, ""), *providers(), *unsupported()])


def section(kind: Any, path: str) -> list[str]:
    """Describes a settings class, and after it those of its fields."""
    hints = typing.get_type_hints(kind)
    texts = attributes(kind)
    fields = [each for each in dataclasses.fields(kind) if f"{kind.__name__}.{each.name}" not in NOT_YET]
    lines = [f"## {f'`{path}`' if path else 'The file'}", "", first_line(kind), ""]
    lines += ["| key | value | default | what it says |", "|---|---|---|---|"]
    for each in fields:
        name = "any parameter of a request" if "keys" in each.metadata else f"`{each.name}`"
        lines.append(f"| {name} | {cell(value(hints[each.name]))} | {default(each)} | {cell(texts[each.name])} |")
        if is_secret(hints[each.name]):
            lines.append(f"| `{each.name}_file` | path | | A file with `{each.name}`. |")
    lines.append("")
    for each in fields:
        for inside, suffix in settings_in(hints[each.name]):
            lines += section(inside, f"{path}.{each.name}{suffix}".strip("."))
    return lines


def settings_in(kind: Any, suffix: str = "") -> list[tuple[Any, str]]:
    """Returns the settings classes that a type holds, each with what stands for it in a path."""
    if dataclasses.is_dataclass(kind):
        return [(kind, suffix)]
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    inside = {tuple: "[]", Mapping: ".NAME"}.get(origin, "") if origin else ""
    return [found for each in arguments for found in settings_in(each, suffix + inside)]


def value(kind: Any) -> str:
    """Describes the values of a key."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        return "keys and values"
    if origin is Literal:
        return ", ".join(f"`{each}`" for each in arguments)
    if origin in {Union, types.UnionType}:
        return " or ".join(value(each) for each in arguments if each is not types.NoneType)
    if origin is tuple:
        return f"list of {value(arguments[0])}"
    if origin is Mapping:
        return f"names with {value(arguments[1])}"
    return NAMES[kind]


def default(field: "dataclasses.Field[Any]") -> str:
    """Describes the default of a key."""
    if not has_default(field):
        return "required"
    given = field.default
    if given is dataclasses.MISSING or given is None or given == ():
        return ""
    return f"`{str(given).lower() if isinstance(given, bool) else given}`"


def cell(text: str) -> str:
    """Escapes a text for a table."""
    return text.replace("|", "\\|")


def providers() -> list[str]:
    """Lists the prefixes of providers."""
    lines = [
        "## Provider prefixes",
        "",
        "A model without an `api_base` is called at the base URL of its provider, with the key of the variable; an",
        "`api_base` of its own gets that key only if it is at the provider's host. Where the first variable ends",
        "with `_API_KEY`, the one with `_API_BASE` replaces the base URL.",
        "",
        "| prefix | base URL | variable of the key |",
        "|---|---|---|",
    ]
    for each in PROVIDERS.values():
        url = each.base_url or (f"`api_base` with `{each.path}` in it" if each.path else "`api_base`")
        keys = ", ".join(f"`{key}`" for key in (each.key, *each.others))
        lines.append(f"| `{each.name}/` | {url} | {keys} |")
    apart = ", ".join(f"`{name}/`" for name in OTHERS)
    return [*lines, "", f"Refused, as their API is not OpenAI's: {apart}.", ""]


def unsupported() -> list[str]:
    """Lists LiteLLM's keys that have no effect."""
    rows: dict[tuple[str, bool], list[str]] = {}
    for key, known in [*UNSUPPORTED.items(), *NOT_YET.items()]:
        rows.setdefault((known.instead, known.refused), []).append(f"`{key.rpartition('.')[2]}`")
    lines = [
        "## Keys that have no effect",
        "",
        "A file with a key that is refused can't be used; the others are warned of.",
        "",
    ]
    lines += ["| keys | | instead |", "|---|---|---|"]
    lines += [
        f"| {', '.join(keys)} | {'refused' if refused else 'warned of'} | {cell(instead)} |"
        for (instead, refused), keys in rows.items()
    ]
    return [*lines, ""]


if __name__ == "__main__":
    sys.exit(main())
