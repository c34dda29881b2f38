"""All drivers that the suite runs."""

from __future__ import annotations

from tests.assistant.conformance.driver import DriverMaker
from tests.assistant.conformance.twins import TWINS
from tests.assistant.dingtalk.driver import MAKERS as DINGTALK
from tests.assistant.slack.driver import MAKERS as SLACK
from tests.assistant.tickets.drivers import MAKERS as TICKETS

MAKERS: tuple[DriverMaker, ...] = (*TWINS, *DINGTALK, *SLACK, *TICKETS)
