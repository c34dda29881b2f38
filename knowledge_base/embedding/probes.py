"""Texts on which an exported model is compared with the model it was made from."""

from __future__ import annotations

PROBES: tuple[str, ...] = (
    "",
    "error",
    "disk quota exceeded for user <*>",
    "Connection refused: connect to host db-1:5432 failed",
    "java.lang.OutOfMemoryError: GC overhead limit exceeded",
    "Container killed by the resource manager for exceeding memory limits. 5.2 GB of 5 GB physical memory used",
    "Table not found: analytics.daily_orders",
    "permission denied for relation customers",
    "Caused by: org.apache.kafka.common.errors.TimeoutException: Topic events not present in metadata after 60000 ms.",
    "ModuleNotFoundError: No module named 'pandas'",
    "Why does my nightly job stop with an out of memory error after two hours?",
    "磁盘空间不足,写入失败",
    "连接超时:无法连接到元数据服务",
    "任务执行失败,表 orders 不存在",
    "内存溢出 OutOfMemoryError,请调大 executor 内存",
    "FEHLER: Spalte »größe« existiert nicht",
    "\t\n  leading and trailing space  \r\n",
    "0x7f3a9c 12:31:07.221 [main] WARN --- === !!! 🙂",
    "at com.example.Job.run(Job.java:42)\n" * 20,
    "the checkpoint expired before completing, " * 120,
)
"""Short and long, English and Chinese, with signs that tokenizers differ in; the last are cut."""
