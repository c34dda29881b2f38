"""Frames of stack traces: what is one, and what it is called without line numbers, lambdas and proxies."""

from __future__ import annotations

import re
from dataclasses import dataclass

_JAVA = re.compile(
    r"\s*at\s+(?=\S*[.:])(?P<name>(?:[\w.-]+@?[\w.]*/{1,2})?[\w.$<>:#/-]{1,300})"
    r"\s?(?:\([^()]{0,300}\))?[^\w]*(?:\[[^\]]*\])?\s*$"
)
_DOTNET = re.compile(
    r"\s*at\s+(?P<name>[\w.`<>|$+-]{1,300}(?:\[[\w`,.\s\[\]]{1,100}\])?)\s?\([^\n]{0,400}?\)"
    r"(?:\s+in\s+[^\n]{1,400}:(?:line\s+)?[0-9]+|\s*\[0x[0-9a-f]+\]\s+in\s+[^\n]{1,300})\s*$"
)
_NODE = re.compile(
    r"\s*at\s+(?P<name>(?:async\s|new\s)?[\w.$#<>\[\]\s]{1,200})\s\((?P<file>[^()\s]{1,300}|eval at [^\n]{1,300}"
    r"|index [0-9]+)\)\s*\{?\s*$"
)
_NODE_PLACE = re.compile(
    r"\s*at\s+(?:async\s)?(?P<file>(?:file:|https?:|node:|webpack:)?/?[^\s()]{1,300}):[0-9]+:[0-9]+\s*\{?\s*$"
)
_FIREFOX = re.compile(
    r"(?P<name>[\w.$/<*\[\]-]{0,100})@(?P<file>(?:https?|file|webpack|resource|moz-extension):[^\s]{1,300}):[0-9]+:[0-9]+\s*$"
)
_PYTHON = re.compile(r'\s*File "(?P<file>[^"\n]{1,400})", line [0-9]+(?:, in (?P<name>[\w<>.]{1,200}))?\s*$')
_GO_CALL = re.compile(
    r"(?:created by\s)?(?P<name>[\w./*()-]{1,200}\.[\w.*()-]{1,120}?)(?:\([^\n]{0,400}\)|\sin goroutine [0-9]+)\s*$"
)
_GO_NAME = re.compile(r"(?P<name>[\w./*()-]{1,200}\.[\w.*()-]{1,120})\s*$")
_GO_PLACE = re.compile(r"\s+\S+\.(?:go|s):[0-9]+(?:\s\+\S+)?\s*$")
_RUST = re.compile(
    r"\s+[0-9]+:\s+(?:0x[0-9a-f]+\s-\s|<hex>\s-\s)?(?P<name>[A-Za-z_<][\w:<>{}$&*,;\[\]()\s'+=.-]{0,300})$"
)
_RUST_PLACE = re.compile(r"\s+at\s+\S+:[0-9]+(?::[0-9]+)?\s*$")
_RUBY = re.compile(r"\s*(?:from\s+)?(?P<file>\S{1,300}\.(?:rb|erb|rake)):[0-9]+:in\s[`'](?P<name>[^'\n]{1,200})'\s*$")
_PHP = re.compile(
    r"#[0-9]+\s+(?:(?P<file>[^\s(]{1,300})\([0-9]+\)|\[internal function\])?"
    r":?\s*(?P<name>\{main\}|[\w\\]{1,200}(?:(?:->|::)[\w{}\\]{1,100})?)(?:\([^\n]*)?$"
)
_NATIVE = re.compile(
    r"\s*(?:#[0-9]+|[0-9]+\.|@)\s+(?:(?:0x[0-9a-f]+|<hex>)\s(?:in\s)?)?(?P<name>[A-Za-z_~][\w:~<>,*&\s]{0,300}?)\s*(?:\([^\n]{0,400}\)[^\n]{0,300}|@\s(?:0x[0-9a-f]+|<hex>)[^\n]{0,200}|\+\s?(?:0x)?[0-9a-f]+)$"
)
_ELIXIR = re.compile(
    r"\s+\((?P<app>[\w]{1,60})(?:\s[\w.-]{1,40})?\)\s[^\s:]{1,200}:[0-9]+:\s(?P<name>[\w.!?:\"<>/-]{1,200})\s*$"
)
_CLEAN = re.compile(r"at (?=\S*[.:])[A-Za-z_.$:#/*-]{1,400}")

_JVM_LIBRARY = re.compile(
    r"(?:java|javax|jakarta|jdk|sun|com\.sun|scala|kotlin|kotlinx|_COROUTINE|groovy|akka|io\.netty|io\.grpc|io\.vertx|io\.micronaut|io\.quarkus|reactor|rx"
    r"|org\.(?:apache|spark|springframework|eclipse|jetbrains|junit|hibernate|postgresql|sparkproject|slf4j|jboss|mockito|gradle|codehaus|aspectj|quartz)"
    r"|com\.(?:fasterxml|google\.common|google\.inject|mysql|zaxxer|esotericsoftware|netflix|codahale)|ch\.qos|py4j|runtime|internal|node:)\b[./$]"
    r"|java\.base/|(?:System|Microsoft|MS|Xunit|NUnit)\.|lambda_method|.*(?:\$\$|CGLIB|GeneratedMethodAccessor|GeneratedConstructorAccessor"
    r"|\$Proxy|ByteBuddy|MockitoMock|HibernateProxy|javassist|\.access\$)"
)
_GO_LIBRARY = re.compile(
    r"(?:runtime|internal|net|sync|reflect|testing|syscall|os|io|context|encoding|database|log|errors|fmt|bufio|time|golang\.org|google\.golang\.org"
    r"|github\.com/(?:pkg/errors|gin-gonic|gorilla|labstack|go-chi|grpc-ecosystem|spf\w+))[./]|panic$"
)
_RUST_LIBRARY = re.compile(
    r"(?:<?&?(?:std|core|alloc|tokio|futures|hyper|anyhow|eyre|backtrace|rayon)\b|_*rust|__|_?start|_?main$|clone|main$|<alloc)"
)
_LIBRARY_FILE = re.compile(
    r"(?:lib(?:64)?/python|site-packages|dist-packages|<frozen|<string>|node_modules|node:|^internal/|/pyspark/|importlib|/gems/|/lib/ruby|<internal:"
    r"|/vendor/|^<anonymous>|^native$|^index\s|^eval at)"
)
_LIBRARY_APP = frozenset(
    {"elixir", "stdlib", "kernel", "ecto", "ecto_sql", "phoenix", "plug", "cowboy", "db_connection", "mix"}
)
# What compilers make of lambdas, closures, coroutines and state machines.
_NOISE = re.compile(
    r"/0x\w+|/<hex>|\$\$Lambda.*|\$\$anonfun\$.*|\$?\$anonfun\$.*|\$lambda\$.*|lambda\$|\$suspendImpl|\$\$.*|\$[a-z]\w*(?=\$[0-9])|\$[0-9]+|<init>|<clinit>|<\w*>(?![a-z]+__)"
)
_STATE_MACHINE = re.compile(r"\.?<>c(?:__DisplayClass[\w]*)?|\.MoveNext$|<(\w+)>[a-z]?__[\w|]*|`[0-9]+|\[[^\]]*\]")
_CLOSURE = re.compile(r"(?:\.func[0-9]+(?:\.[0-9]+)*|-fm|\.gowrap[0-9]+)+$|\[\.\.\.\]")
_RUST_NOISE = re.compile(r"::h(?:[0-9a-f]{8,}|<hex>)$|::\{\{?closure\}?\}|::<[^\n]*|\{\{?closure\}?\}|::<hex>$")
_SCRIPT_NOISE = re.compile(
    r"^(?:async|new)\s|^Object\.|\s\[as\s[^\]]*\]|block (?:\(\d+ levels\) )?in\s|rescue in\s|<anonymous>"
)
_NO_FUNCTION = frozenset({"<lambda>", "<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>", "<anonymous>", "{closure}"})


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame; ``name`` is "" where it is no code of the user, or has no name that stays."""

    name: str


_NO_NAME = Frame("")


def is_clean_frame(line: str) -> bool:
    """Tell whether a line of a condensed trace is a frame; nothing in it varies any more."""
    return _CLEAN.fullmatch(line) is not None


def _letters(name: str) -> str:
    return re.sub(r"[^A-Za-z_.$:#-]", "", name).strip(".$:")


def _jvm(name: str) -> Frame:
    bare = name.rsplit("/", 1)[-1] if "/0x" not in name and "/<" not in name else name
    if _JVM_LIBRARY.match(name) or _JVM_LIBRARY.match(bare):
        return _NO_NAME
    return Frame(_letters(_NOISE.sub("", bare)))


def _dotnet(name: str) -> Frame:
    if _JVM_LIBRARY.match(name):
        return _NO_NAME
    return Frame(
        _letters(re.sub(r"\.{2,}", ".", _STATE_MACHINE.sub(lambda found: f".{found[1]}" if found[1] else "", name)))
    )


def _script(file: str, name: str | None) -> Frame:
    if _LIBRARY_FILE.search(file) or name in _NO_FUNCTION:
        return _NO_NAME
    base = re.split(r"[/\\]", file.split("?", 1)[0])[-1]
    function = _SCRIPT_NOISE.sub("", name or "").strip("<> ") or "module"
    return Frame(re.sub(r"[^A-Za-z_.:-]", "", f"{base}:{function}"))


def _go(name: str) -> Frame:
    if _GO_LIBRARY.match(name):
        return _NO_NAME
    return Frame(re.sub(r"[^A-Za-z_./*-]", "", _CLOSURE.sub("", name)))


def _rust(name: str) -> Frame:
    if _RUST_LIBRARY.match(name):
        return _NO_NAME
    cleaned = _letters(_RUST_NOISE.sub("", name.strip()))
    return Frame(cleaned if ":" in cleaned or "." in cleaned else "")


def python_frame(line: str) -> Frame | None:
    """Read a frame of Python."""
    found = _PYTHON.match(line) if '"' in line else None
    return _script(found["file"], found["name"]) if found else None


def is_go_place(line: str) -> bool:
    """Tell whether a line is the place of a call in Go, which stands below it."""
    return _GO_PLACE.match(line) is not None


def _at_frame(line: str) -> Frame | None:
    if is_clean_frame(line):
        return Frame(line[3:])
    if found := _NODE.match(line):
        return _script(re.sub(r"(?::[0-9]+){1,2}$", "", found["file"]), found["name"])
    if found := _JAVA.match(line):
        if not re.search(r":[0-9]+:[0-9]+\s*$", line):
            return _jvm(found["name"])
    elif found := _DOTNET.match(line):
        return _dotnet(found["name"])
    if found := _NODE_PLACE.match(line):
        return _script(found["file"], None)
    return None


def frame_of(line: str, below: str) -> Frame | None:
    r"""Read a frame of the JVM, .NET, JavaScript, Go, Ruby, PHP or Elixir; ``below`` is the next line.

    >>> frame_of("   at Acme.Job.<Run>d__5.MoveNext() in C:\\src\\Job.cs:line 12", "").name
    'Acme.Job.Run'
    """
    if " at " in line or line.startswith(("at ", "\tat ")):
        return _at_frame(line)
    if found := _RUBY.match(line):
        return _script(found["file"], found["name"])
    if line[:1] == "#" and (found := _PHP.match(line)):
        return _script(found["file"] or "native", found["name"].replace("\\", "."))
    if "@" in line and (found := _FIREFOX.match(line)):
        return _script(found["file"], found["name"].strip("/<"))
    if line[:1].isspace() and "(" in line and (found := _ELIXIR.match(line)):
        return _NO_NAME if found["app"] in _LIBRARY_APP else Frame(_letters(found["name"].partition("/")[0]))
    if found := _GO_CALL.match(line):
        return _go(found["name"])
    if is_go_place(below) and (found := _GO_NAME.match(line)):
        return _go(found["name"])
    return None


def backtrace_frame(line: str) -> Frame | None:
    """Read a frame of Rust or of native code, which only a heading sets apart from a numbered list."""
    if _RUST_PLACE.match(line):
        return _NO_NAME
    found = _RUST.match(line) or _NATIVE.match(line)
    return _rust(found["name"]) if found else None
