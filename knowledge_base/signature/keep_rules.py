"""Digits that are meaning: error codes, states, and names that end in a number.

The patterns see the reduced text: every run of digits is one ``0``, which group 1 must hold.
"""

from __future__ import annotations

import re

from knowledge_base.signature.rule import KeepRule, keep

_NUMBERED = re.compile("[Cc]ode|CODE|[Ee]rr|ERR|[Ee]xit|EXIT|[Rr]et|RET|[Ss]ignal|SIGNAL|rc|RC|[码号]")
_LETTER_THEN_DIGIT = re.compile("[A-Za-z]-?0")

KEEP_RULES: tuple[KeepRule, ...] = (
    # Vendors' codes: ORA-00942, ODPS-0130131, MY-010457, TNS-12541.
    keep(
        "vendor code",
        r"(?<![\w-])([A-Z]{2,10}-0)(?![\w-])",
        ("ORA-00942: no such table", "ORA-00942: no such table"),
        ("ODPS-0130131:[3,27] not found", "ODPS-0130131:[<n>,<n>] not found"),
        least=3,
        most=8,
        needs=("-0",),
        ignore_case=False,
    ),
    keep(
        "code of letters and digits",
        r"(?<![\w-])((?:SQL|ERR|ERROR|E|HY|PLS|SP)0[A-Z]?)(?![\w-])",
        ("SQL0204N undefined name", "SQL0204N undefined name"),
        least=3,
        most=5,
        ignore_case=False,
        probe=_LETTER_THEN_DIGIT,
    ),
    # SQL:2016 part 2, 24.1: five digits or capital letters.
    keep(
        "SQLSTATE",
        r"SQL[ _]?STATE[\W_]{0,3}([0A-Z]{1,5})(?!\w)",
        ("SQLSTATE[42S02]: base table", "SQLSTATE[42S02]: base table"),
        ("SQLSTATE: 08001", "SQLSTATE: 08001"),
        needs=("SQLSTATE", "sqlstate", "SQLState", "SqlState", "sqlState", "SQL state"),
    ),
    keep(
        "SQLSTATE in brackets",
        r"[(\[]((?:0[A-Z]|[A-Z]{2})0)[)\]]",
        ("ERROR (42S02) here", "ERROR (42S02) here"),
        ("state [HY000] here", "state [HY000] here"),
        least=1,
        most=3,
        ignore_case=False,
    ),
    keep(
        "MySQL error",
        r"\bERROR (0(?: [(\[]0[A-Z]?0?[)\]])?)",
        ("ERROR 1045 (28000): Access denied", "ERROR 1045 (28000): Access denied"),
        ignore_case=False,
        needs=("ERROR 0",),
    ),
    # RFC 9110: three digits.
    keep(
        "HTTP status",
        r"""(?:\bHTTP/0(?:\.0)?["']?\s|\bhttp[ _-]?(?:status|error|code|response)?(?:[ _-]?code)?["']?[\s:=(]{1,3}"""
        r"""|\bstatus(?:[ _-]?code)?["']?\s?[=:(\[]?\s?|状态码\s?[:：=]?\s?)(0)(?![\w%]|\.0)""",
        ("HTTP/1.1 404", "HTTP/1.1 404"),
        ("answered with HTTP status 503", "answered with HTTP status 503"),
        ("status=12345", "status=<n>"),
        least=3,
        most=3,
        needs=("HTTP", "http", "tatus", "状态码"),
    ),
    keep(
        "HTTP version",
        r"\b(HTTP/0(?:\.0)?)(?![\w.])",
        ("HTTP/1.1 rejected", "HTTP/1.1 rejected"),
        needs=("HTTP/0",),
        most=1,
        ignore_case=False,
    ),
    keep(
        "error number",
        r"""(?:\berrno|\berr(?:or)?[ _.-]?(?:code|no|num(?:ber)?|id)|\bcode|\brc|\bsignal|\bsqlcode"""
        r"""|\bret(?:urn)?[ _-]?(?:code|val(?:ue)?)|\breturned"""
        r"""|\bexit(?:ed)?(?: with)?(?:[ _-]?(?:code|status|value))?(?: of)?|错误码|错误代码|错误号|退出码|返回码"""
        r"""|代码)["']?\s?[=:：(#\[]?\s?["']?(-?0)(?![\w%]|[.,]0)""",
        ("[Errno 24] Too many open files", "[Errno 24] Too many open files"),
        ("process exited with code 137", "process exited with code 137"),
        ("Code: 60. Exception", "Code: 60. Exception"),
        ("错误码：1146 执行失败", "错误码：1146 执行失败"),
        probe=_NUMBERED,
    ),
    # nginx and others: "open() failed (2: No such file or directory)".
    keep(
        "error number in brackets",
        r"\((0): [A-Z][a-z]",
        ("bind() failed (98: Address already in use)", "bind() failed (98: Address already in use)"),
        most=3,
        needs=("(0: ",),
        ignore_case=False,
    ),
    keep(
        "result code",
        r"\b(?:HRESULT|hr)\W{1,3}(0x[0-9a-f]+)\b",
        ("HRESULT = 0x80070005", "HRESULT = 0x80070005"),
        most=8,
        needs=("0x",),
    ),
    # Names of encodings, digests, protocols and formats.
    keep(
        "encoding or digest",
        r"(?<![A-Za-z0])((?:utf-?0(?:mb0|le|be)?|ucs-?0|gb0k?|iso-?0-0|cp0|latin-?0|md0|sha-?0(?:-0)?|crc-?0|base0|aes-?0)"
        r"(?![A-Za-z0]))",
        ("'utf-8' codec", "'utf-8' codec"),
        ("md5 mismatch", "md5 mismatch"),
        probe=_LETTER_THEN_DIGIT,
    ),
    keep(
        "protocol or product",
        r"(?<![A-Za-z0_])((?:(?:tls|ssl)v?0(?:\.0)?|ssh0|http0|ipv0|oauth0|log0j0?|py0j|slf0j|s0[an]?|ec0|k0s|i0n|db0"
        r"|lz0|bzip0|mp0|u?int0|float0|decimal0|x0_0|amd0|arm0|python0|jdk0|h0|p0p|v0(?:alpha0|beta0)?))(?![A-Za-z0_])",
        ("TLSv1.2 handshake", "TLSv1.2 handshake"),
        ("int64 overflow", "int64 overflow"),
        most=3,
        probe=_LETTER_THEN_DIGIT,
    ),
    # A digit before a capital inside a name: Http2Exception, S3AFileSystem, Log4Shell.
    keep(
        "digit inside a class name",
        r"(?<=[A-Za-z])(0)(?=[A-Z]{0,2}[a-z]{2})(?=[A-Z])",
        ("Http2Exception raised", "Http2Exception raised"),
        most=2,
        ignore_case=False,
        probe=_LETTER_THEN_DIGIT,
    ),
)
