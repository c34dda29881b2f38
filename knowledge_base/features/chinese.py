"""Chinese text cut into words."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rjieba import Jieba

CJK = "㐀-鿿"
"""The range of Chinese characters, for a class in a pattern."""

WORDS_VERSION = "1"
"""Belongs to the words below: raise it when they change, for what was counted before is counted anew."""

_TECHNICAL = """
不存在 找不到 未找到 不可用 不可达 不匹配 不兼容 不一致 不支持 不合法 不足 无效 超时 超限 过期 失联 失效 掉线 断开
断连 宕机 重试 重启 重连 死锁 锁表 锁等待 空指针 栈溢出 内存溢出 越界 溢出 回滚 提交 阻塞 积压 限流 熔断 降级 驱逐
抢占 调度 崩溃 泄漏 丢失 损坏 线程 线程池 连接 连接池 连接数 队列 缓存 缓冲区 堆内存 堆外 元空间 元数据 主键 外键
唯一键 索引 分区 分片 副本 主节点 从节点 节点 集群 容器 镜像 探针 挂载 存储卷 磁盘 分桶 快照 检查点 水位线 偏移量
消费组 消费者 生产者 主题 消息 心跳 会话 事务 日志 游标 字段 列名 表名 库名 视图 函数 语法 类型 类型转换 序列化
反序列化 编码 解码 加密 解密 证书 签名 令牌 密钥 密码 权限 认证 鉴权 授权 用户名 账号 角色 租户 配额 网关 代理 域名
端口 主机 路由 防火墙 握手 请求 响应 回调 接口 参数 配置项 配置文件 环境变量 依赖 类加载 动态库 进程 信号 句柄
文件句柄 任务 作业 算子 资源 脚本 上游 下游 拒绝 数据 数据源 数据库
"""
"""Words of computing that the general dictionary cuts apart or does not know."""

_AS_ONE = 1_000_000
"""A frequency with which a word is not cut apart for the sake of more frequent neighbours."""


@lru_cache(maxsize=1)
def _segmenter() -> Jieba:
    # The dictionary takes a tenth of a second; most texts need none.
    from rjieba import Jieba

    segmenter = Jieba()
    for word in _TECHNICAL.split():
        segmenter.add_word(word, _AS_ONE, "n")
    return segmenter


def segmented(text: str) -> list[str]:
    """Cut a run of Chinese characters into words; put together they are the run again.

    Words that the dictionary does not know are left as single characters: guesses at them read as nonsense.

    >>> segmented("数据库连接池耗尽")
    ['数据库', '连接池', '耗尽']
    >>> segmented("表不存在")
    ['表', '不存在']
    """
    return _segmenter().cut(text, hmm=False)


def parts(word: str) -> list[str]:
    """Give the words that a long word is made of where they make it up exactly, and the word itself.

    >>> parts("磁盘空间")
    ['磁盘', '空间', '磁盘空间']
    >>> parts("不存在")
    ['不存在']
    """
    found = [part for part in _segmenter().cut_for_search(word, hmm=False) if len(part) < len(word)]
    return [*found, word] if len(found) > 1 and "".join(found) == word else [word]
