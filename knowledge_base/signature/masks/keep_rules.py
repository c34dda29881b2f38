"""Digits that are meaning: error codes, states, and names that end in a number.

The patterns see the reduced text: every run of digits is one ``0``, which group 1 must hold.
"""

from __future__ import annotations

import re

from knowledge_base.signature.masks.rule import KeepRule, keep

_NUMBERED = re.compile(
    "(?:ode|ODE|no|NO|um|UM|umber|id|ID|rc|RC|ignal|IGNAL|al|alue|eturned|ETURNED|xit|XIT|xited|with|tatus|TATUS|of|et|ET|eturn|码|号)"
    "[\"']?\\s?[=:：(#\\[]?\\s?[\"']?-?0"
)
_ERROR_OF_A_SYSTEM = re.compile(r"(?:rror|RROR|错误)[\s:=#]{0,3}-?0")
_CAPITAL_THEN_DIGIT = re.compile("[A-Z]0")
_DIGIT_IN_A_NAME = re.compile("[A-Za-z]0[A-Z]")
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
    # IBM's messages end in how grave they are (WSVR0605W, DFHAC2001I); WildFly, Hibernate and Azure have their own.
    keep(
        "code of letters and digits",
        r"(?<![\w-])((?:SQL|ERR|ERROR|E|HY|PLS|SP|AADSTS|HHH|JBAS|ISPN|AMQ|WFLY[A-Z]{2,8}|CPF|DFH[A-Z]{2}|MSB|LNK|NETSDK)0[A-Z]?"
        r"|[A-Z]{3,8}0[IWESAD])(?![\w-])",
        ("SQL0204N undefined name", "SQL0204N undefined name"),
        ("WSVR0605W: hung", "WSVR0605W: hung"),
        ("AADSTS50011: reply", "AADSTS50011: reply"),
        least=3,
        most=6,
        ignore_case=False,
        probe=_CAPITAL_THEN_DIGIT,
    ),
    # SQL:2016 part 2, 24.1: five digits or capital letters.
    # Compilers: error CS0103, error TS2304:, error[E0308].
    keep(
        "error of a compiler",
        r"\berror(?:\s|\[|:\s)([A-Z]{1,6}0)(?![\w-])",
        ("error CS0103: missing", "error CS0103: missing"),
        ("error[E0308]: mismatch", "error[E0308]: mismatch"),
        least=3,
        most=6,
        needs=("error",),
        ignore_case=False,
    ),
    # Cisco: %LINK-3-UPDOWN, %ASA-6-302013.
    keep(
        "message of a router",
        r"(?<!\w)%([A-Z][A-Z0_]{1,20}-0-[A-Z0_]{3,40}|[A-Z][A-Z0_]{1,20}-0-0)(?![\w-])",
        ("%LINK-3-UPDOWN: down", "%LINK-3-UPDOWN: down"),
        most=6,
        needs=("%",),
        ignore_case=False,
    ),
    keep(
        "SQLSTATE",
        r"SQL[ _]?STATE[\W_]{0,3}([0A-Z]{1,5})(?!\w)",
        ("SQLSTATE[42S02]: base table", "SQLSTATE[42S02]: base table"),
        ("SQLSTATE: 08001", "SQLSTATE: 08001"),
        needs=("SQLSTATE", "sqlstate", "SQLState", "SqlState", "sqlState", "SQL state"),
    ),
    keep(
        "SQLSTATE in brackets",
        r"[(\[]((?:0[A-Z]|HY|IM|HV|HZ|XX|XA)0)[)\]]",
        ("ERROR (42S02) here", "ERROR (42S02) here"),
        ("state [HY000] here", "state [HY000] here"),
        most=3,
        needs=("0)", "0]"),
        ignore_case=False,
    ),
    # The clients of MySQL print number and SQLSTATE, psql prints the SQLSTATE alone if told to.
    keep(
        "error of a database",
        r"\bERROR(?: (?=0(?: [(\[]|[^:]|$))|:? {1,2}(?=0(?:[A-Z]0?)?:\s))"
        r"(0(?: [(\[]0[A-Z]?0?[)\]])?(?![A-Z])|0[A-Z]0?)",
        ("ERROR 1045 (28000): Access denied", "ERROR 1045 (28000): Access denied"),
        ("ERROR:  42P01: gone", "ERROR:  42P01: gone"),
        ("ERROR: 23505: twice", "ERROR: 23505: twice"),
        needs=("ERROR",),
        ignore_case=False,
    ),
    # RFC 9110: three digits.
    keep(
        "HTTP status",
        r"""(?:\bHTTP/0(?:\.0)?["']?\s|\bhttp[ _-]?(?:status|error|code|response)?(?:[ _-]?code)?["']?[\s:=(]{1,3}"""
        r"""|\bstatus(?:[ _-]?code)?["']?\s?[=:(\[]?\s?|(?:状态码|响应码|返回状态)\s?[:：=]?\s?)(0)(?![\w%]|\.0)""",
        ("HTTP/1.1 404", "HTTP/1.1 404"),
        ("answered with HTTP status 503", "answered with HTTP status 503"),
        ("status=12345", "status=<n>"),
        least=3,
        most=3,
        needs=("HTTP", "http", "tatus", "状态码", "响应码", "返回状态"),
    ),
    keep(
        "HTTP status and its phrase",
        r"(0)(?<![\w.-]0)\s(?:Not\s(?:Found|Modified|Acceptable)|Bad\s(?:Request|Gateway)|Unauthorized|Forbidden|Internal\sServer"
        r"|Service\s(?:Temporarily\s)?Unavailable|Gateway\sTime-?out|Too\sMany|Conflict|Method\sNot|Request\sTime|Unprocessable"
        r"|Payment\sRequired|Precondition|Moved\sPermanently|Created|Accepted|No\sContent|OK)\b",
        ("got 404 Not Found", "got 404 Not Found"),
        ("got 503 Service Unavailable", "got 503 Service Unavailable"),
        least=3,
        most=3,
        needs=("0 ",),
        ignore_case=False,
    ),
    keep(
        "status of an answer",
        r"\brespon(?:se|ded|d)(?:\s(?:was|of|with|an?|code|status|error))*+\s?[:=(]?\s?(0)(?![\w%]|[.,]0|\s?[kKMG]?(?:B|bytes|ms|s)\b)",
        ("responded with 503", "responded with 503"),
        ("response code: 429", "response code: 429"),
        least=3,
        most=3,
        needs=("respon", "Respon"),
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
        r"""(?=[cers错退返代])(?:\berrno|\berr(?:or)?[ _.-]?(?:code|no|num(?:ber)?|id)|\bcode|\brc|\bsignal|\bsqlcode"""
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
    # The operating system's own numbers: (os error 2), Windows error 5, failed with error 1067.
    keep(
        "error of an operating system",
        r"(?:\b(?:os|windows|win0|system|socket|native|kernel|posix|wsa|curl|ldap|x0)\s|\bwith\s|\bGetLastError\(?\)?[:=]?\s?|系统)"
        r"(?:error|错误)[\s:=#]{0,3}(-?0)(?![\w%]|[.,]0)",
        ("cannot open (os error 2)", "cannot open (os error 2)"),
        ("stopped with error 1067", "stopped with error 1067"),
        probe=_ERROR_OF_A_SYSTEM,
    ),
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
        r"\b(?:(?:HRESULT|hr|NTSTATUS|(?:error|exception)\s?code)\W{1,3}(0x[0-9a-f]+)|(?:error|exception)\W{1,3}(0x[c]?0))\b",
        ("HRESULT = 0x80070005", "HRESULT = 0x80070005"),
        ("exception code 0xc0000005", "exception code 0xc0000005"),
        most=8,
        needs=("0x",),
    ),
    # Names of encodings, digests, protocols and formats.
    keep(
        "encoding or digest",
        r"(?<![A-Za-z0])(?=[a-z]{2,7}-?0)((?:utf-?0(?:mb0|le|be)?|ucs-?0|gb0k?|iso-?0-0|cp0|latin-?0|md0|sha-?0(?:-0)?|crc-?0|base0|aes-?0|[rhe]s0|ed0|koi0|big0|windows-0|ascii0)"
        r"(?![A-Za-z0]))",
        ("'utf-8' codec", "'utf-8' codec"),
        ("md5 mismatch", "md5 mismatch"),
        probe=_LETTER_THEN_DIGIT,
    ),
    keep(
        "protocol or product",
        r"(?<![A-Za-z0_])(?=[a-z]{1,8}/?0)((?:(?:tls|tlsv|ssl|sslv)0(?:\.0)?|ssh0|http0|ipv0|oauth0|log0j0?|py0j|slf0j|s0[an]?|ec0|k0s|i0n|db0"
        r"|lz0|bzip0|mp0|u?int0|float0|decimal0|x0_0|amd0|arm0|python0|jdk0|h0|p0p|v0(?:alpha0|beta0)?|ext0|nfsv?0|smbv?0|html0|css0|sqlite0|boto0|urllib0|psycopg0|jinja0|neo0j|c0p0|l0n))(?![A-Za-z0_])",
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
        probe=_DIGIT_IN_A_NAME,
    ),
)
