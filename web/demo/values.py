"""What the variables of a sample template are filled with.

A variable is written ``{table}``; a number behind the name (``{table2}``) asks for another value
of the same kind. Every kind is drawn from a seeded generator and the time of the event.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

Draw = Callable[[Random, datetime], str]

VARIABLE = re.compile(r"\{([a-z_]+)([0-9]?)\}")

_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_POD_LETTERS = "bcdfghjklmnpqrstvwxz2456789"


def _one_of(words: str) -> Draw:
    """Draw one of the words of a text."""
    values = tuple(words.split())
    return lambda rng, _: values[int(rng.random() * len(values))]


def _integer(low: int, high: int) -> Draw:
    """Draw a whole number; small ones are as likely as large ones (log-uniform)."""
    ratio = (high + 1) / low
    return lambda rng, _: str(int(low * ratio ** rng.random()))


def _characters(alphabet: str, length: int) -> Draw:
    """Draw a word of this length."""
    size = len(alphabet)
    return lambda rng, _: "".join([alphabet[int(rng.random() * size)] for _ in range(length)])


def _time(pattern: str, *, back: timedelta = timedelta()) -> Draw:
    """Write the time of the event, or an earlier one, in the manner of strftime."""
    return lambda _, at: (at - back).strftime(pattern)


def _iso(separator: str, point: str, suffix: str = "") -> Draw:
    """Write the time of the event with milliseconds; several times faster than strftime."""

    def draw(_: Random, at: datetime) -> str:
        text = at.isoformat(separator, "milliseconds")
        return f"{text[:19]}{point}{text[20:23]}{suffix}"

    return draw


def _format(pattern: str) -> Draw:
    """Fill a text whose variables are kinds of this table."""
    parts = VARIABLE.split(pattern)
    literals, names = parts[0::3], parts[1::3]

    def draw(rng: Random, at: datetime) -> str:
        filled = [literals[0]]
        for name, literal in zip(names, literals[1:], strict=True):
            filled += (KINDS[name](rng, at), literal)
        return "".join(filled)

    return draw


def _ip(rng: Random, _: datetime) -> str:
    net = ("10.17", "10.42", "172.21", "192.168")[int(rng.random() * 4)]
    return f"{net}.{int(rng.random() * 32)}.{1 + int(rng.random() * 250)}"


def _uuid(rng: Random, _: datetime) -> str:
    digits = f"{rng.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _cluster_time(_: Random, at: datetime) -> str:
    """The start of the cluster in ms, part of every YARN id: the first day of the month."""
    return f"{int(at.replace(day=1, hour=2, minute=0, second=0, microsecond=0).timestamp())}417"


KINDS: dict[str, Draw] = {
    # times of the event, as the headers of the systems write them
    "ts": _iso(" ", ","),
    "ts_t": _iso("T", ","),
    "ts_dot": _iso(" ", "."),
    "ts_iso": _iso("T", ".", "Z"),
    "ts_offset": _iso("T", ".", "+0000"),
    "ts_spark": _time("%y/%m/%d %H:%M:%S"),
    "ts_plain": _time("%Y-%m-%d %H:%M:%S"),
    "ts_klog": _time("%m%d %H:%M:%S.%f"),
    "epoch_ms": lambda _, at: str(int(at.timestamp() * 1000)),
    # business dates: batch jobs work on the day before
    "date": _time("%Y%m%d", back=timedelta(days=1)),
    "day": _time("%Y-%m-%d", back=timedelta(days=1)),
    # numbers
    "d": _integer(1, 9),
    "n": _integer(1, 999),
    "big": _integer(10_000, 90_000_000),
    "pct": _integer(81, 99),
    "line": _integer(1, 240),
    "pid": _integer(800, 64_000),
    "port": _integer(32_768, 60_999),
    "offset": _integer(100_000, 9_000_000_000),
    "seconds": _integer(5, 900),
    "ms": _integer(300, 180_000),
    "bytes": _integer(60_000, 40_000_000_000),
    "mb": _integer(64, 16_384),
    "mb_large": _one_of("9216 10240 12288 16384 20480 24576"),
    # ids
    "uuid": _uuid,
    "hex": lambda rng, _: f"{rng.getrandbits(32):x}",
    "job_id": lambda rng, _: f"{rng.getrandbits(128):032x}",
    "cluster_ts": _cluster_time,
    "app_no": _format("{cluster_ts}_{app_serial}"),
    "app_serial": _integer(10_000, 99_999),
    "app_id": _format("application_{app_no}"),
    "container": _format("container_e{d}{d}_{app_no}_01_0000{d}{d}"),
    "mr_task": _format("attempt_{app_no}_m_0000{d}{d}_{d}"),
    "mr_job": _format("job_{app_no}"),
    "tid": _integer(10, 80_000),
    "block": _format("blk_10{block_no}_{big}"),
    "block_no": _integer(70_000_000, 99_999_999),
    "block_pool": _format("BP-{big}-{ip}-{cluster_ts}"),
    "instance": _format("{ts_packed}{instance_tail}"),
    "instance_tail": _characters(_BASE36, 9),
    "ts_packed": _time("%Y%m%d%H%M%S"),
    "request_id": lambda rng, _: f"{rng.getrandbits(96):024X}",
    "zk_session": lambda rng, _: f"0x{rng.getrandbits(60):x}",
    "node_id": _integer(1_000_000_000, 1_700_999_999),
    "txid": _integer(90_000_000, 4_000_000_000),
    # names of people, machines and things
    "user": _one_of("etl_batch wanghao lina.chen dw_admin zhaomin svc_report j.meyer liqiang bi_reader a.novak yunfei"),
    "ip": _ip,
    "host": _format("{host_kind}-{n}.{zone}.example.internal"),
    "host_kind": _one_of("dn worker nm gateway hadoop-core node es compute"),
    "zone": _one_of("bj2 hz1 sh4 fra1 sg3"),
    "node": _format("{node_kind}-{n}"),
    "node_kind": _one_of("ip-10-17-3 k8s-worker gpu-pool spot-b cn-hangzhou.10.42.7"),
    "addr": _format("{ip}:{port}"),
    "project": _one_of("acme_dw acme_dw_dev risk_prod mkt_growth logistics_bi pay_settle ads_report user_profile"),
    "database": _one_of("dw ods_trade mart_finance risk bi_report user_center staging logistics"),
    "domain": _one_of("trade user log item pay crm risk mkt logistics member"),
    "noun": _one_of("order refund click login profile stock coupon session settlement shipment invoice exposure cart"),
    "cycle": _one_of("di df hi mi dd full"),
    "table": _one_of(
        "ods_trade_order_di ods_trade_refund_di ods_pay_settlement_hi ods_log_click_hi ods_crm_ticket_di "
        "dwd_trade_order_detail_di dwd_trade_invoice_di dwd_pay_channel_fee_di dwd_log_page_view_hi "
        "dwd_item_stock_change_di dwd_logistics_shipment_di dwd_user_login_di dws_trade_shop_gmv_dd "
        "dws_user_active_30d_df dws_item_exposure_dd dws_risk_device_score_df ads_bi_daily_gmv_df "
        "ads_mkt_coupon_roi_df ads_finance_reconcile_df ads_risk_blacklist_df dim_shop_info_df "
        "dim_item_sku_df dim_user_profile_df dim_city_code_full tmp_trade_backfill_di tmp_item_sku_dedup"
    ),
    "relation": _one_of(
        "orders order_items refunds payments invoices customers coupons shipments cart_sessions stock_levels"
    ),
    "db_user": _one_of("app_orders app_member etl_batch svc_report bi_reader risk_api"),
    "column": _one_of(
        "order_id buyer_id gmt_create gmt_modified amount pay_status sku_id city_code session_id utm_source "
        "refund_fee ship_time shop_id device_id login_ip coupon_code settle_date memo unit_price category_id"
    ),
    "type": _one_of("STRING BIGINT DOUBLE DATETIME DECIMAL(18,2) INT TIMESTAMP BOOLEAN"),
    "function": _one_of("parse_ua geo_hash mask_phone json_flatten to_pinyin score_risk decode_utm split_sku"),
    "app": _one_of("order-service payment-gateway user-profile inventory search-indexer coupon-center risk-engine"),
    "jar": _format("{app}-{d}.{n}.{d}.jar"),
    "queue": _one_of("root.etl root.adhoc root.bi root.default root.risk.online root.mkt"),
    "path": _format("/user/hive/warehouse/{database}.db/{table}/dt={date}"),
    "data_file": _format("{path}/part-00{n}-{uuid}.c000.snappy.parquet"),
    "staging": _format("/tmp/hive/{user}/{uuid}/hive_{day}_{n}"),  # noqa: S108 - only text
    "disk": _format("/data{d}"),
    "bucket": _one_of("oss://acme-raw oss://acme-archive s3a://acme-lake s3a://partner-drop oss://acme-exchange"),
    "topic": _one_of(
        "trade.order.events trade.refund.events pay.settlement.v2 user.click.log item.stock.changelog "
        "member.profile.cdc logistics.shipment.events risk.decision.v2 crm.coupon.issued ads.exposure.log"
    ),
    "stream_job": _one_of(
        "order_wide_rt click_sessions_rt risk_features_rt stock_alert_rt gmv_dashboard_rt cdc_orders_rt"
    ),
    "group": _format("{app}-consumer"),
    "namespace": _one_of("prod data-platform flink-jobs airflow monitoring kafka staging"),
    "pod_hash": _characters(_POD_LETTERS, 9),
    "pod_tail": _characters(_POD_LETTERS, 5),
    "dag": _one_of(
        "trade_orders_daily member_tags_daily finance_settlement_daily logistics_eta_hourly risk_blacklist_daily "
        "crm_export_daily"
    ),
    "task": _one_of("extract load_partition dq_check publish wait_upstream build_features notify compact"),
    "operator": _one_of("Join Window(Tumbling) KeyedProcess AsyncLookup Deduplicate GroupAggregate"),
    "region": _format("{table},{hex}{hex},{epoch_ms}.{job_id}."),
    "thread": _format("pool-{d}-thread-{n}"),
    "pay_channel": _one_of("alipay wechat unionpay paypal stripe"),
    "order_no": _format("{date}{big}"),
}


def draw_values(names: tuple[str, ...], *, rng: Random, at: datetime) -> dict[str, str]:
    """Draw a value for each variable (``table``, ``table2``); values of one kind differ where they can."""
    drawn: dict[str, str] = {}
    for name in names:
        kind = KINDS.get(name)
        if kind is not None:
            drawn[name] = kind(rng, at)
            continue
        base = name[:-1]
        taken = {value for other, value in drawn.items() if other.startswith(base)}
        value = KINDS[base](rng, at)
        for _ in range(8):
            if value not in taken:
                break
            value = KINDS[base](rng, at)
        drawn[name] = value
    return drawn
