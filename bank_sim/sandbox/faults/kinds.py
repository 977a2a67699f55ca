"""The kinds of faults, as data: what each does to a call, its numbers, and what a sound application does about it.

A call is struck only after every check has let it through: a refusal stays the refusal that it is. Whether the bank has
carried the call out by then is the difference that matters to whoever pays, and ``done`` says it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Place = Literal["line", "refusal", "core", "answer", "event"]
"""Where a kind strikes: on the line to the caller, by a refusal instead of the work, in the core, in the answer as the
bank composes it, or on an event's way to the application."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of a fault; its unit is in its name. ``choices``: the only values, where not all between are."""

    name: str
    default: int
    least: int
    most: int
    choices: tuple[int, ...] = ()

    def takes(self, value: int) -> bool:
        return value in self.choices if self.choices else self.least <= value <= self.most


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind.

    ``done``     the bank has carried the call out, and recorded it as it would have without the fault
    ``shared``   it holds up or ends what others asked for too, so only the control listener can call for it
    ``oauth``    it can also befall the authorization server's endpoints
    """

    name: str
    place: Place
    en: str
    zh: str
    sound_en: str
    sound_zh: str
    parameters: tuple[Parameter, ...] = ()
    done: bool = False
    shared: bool = False
    oauth: bool = False


_MINUTE_MS, _DAY_S = 60_000, 86_400

_KINDS = (
    FaultKind(
        "latency", "line",
        "The answer comes late.",
        "应答迟到。",
        "Waits within the user's patience, shows that it waits, and asks for the result when it has given up.",
        "在用户可接受的时间内等待并给出提示；放弃等待后查询结果。",
        (Parameter("ms", 1_000, 0, _MINUTE_MS), Parameter("jitter_ms", 0, 0, _MINUTE_MS)),
        done=True, oauth=True,
    ),
    FaultKind(
        "hang", "line",
        "The bank takes the call and falls silent; nothing is done. After the time the connection ends.",
        "银行收下请求后再无回应，业务未执行；到时连接断开。",
        "Gives up by its own time limit, treats a payment as unknown and asks, and stops calling for a while.",
        "按自身超时放弃；付款按结果未知处理并查询；一段时间内熔断不再调用。",
        (Parameter("ms", 30_000, 1, 2 * _MINUTE_MS),),
        oauth=True,
    ),
    FaultKind(
        "reset", "line",
        "The connection is reset before anything is done.",
        "业务执行之前连接即被重置。",
        "Cannot know that nothing was done: repeats with the same idempotency key, or asks.",
        "无从得知业务是否执行：以同一幂等键重发，或查询结果。",
        oauth=True,
    ),
    FaultKind(
        "answer_lost", "line",
        "The call is carried out, and the connection ends without an answer.",
        "业务已执行，但连接断开，应答丢失。",
        "Asks what became of the payment, or repeats it with the same idempotency key; never pays anew.",
        "查询该笔付款的结果，或以同一幂等键重发；绝不另发一笔。",
        done=True, oauth=True,
    ),
    FaultKind(
        "server_error", "refusal",
        "500 or 503, signed by the bank; 502 or 504 unsigned, as from a machine in between. Nothing is done.",
        "返回500或503（银行签名），或502、504（无签名，如来自中间设备）；业务未执行。",
        "Repeats later with the same idempotency key, with growing pauses; believes no refusal that nobody signed.",
        "稍后以同一幂等键重发，间隔逐次延长；没有签名的拒绝不予采信。",
        (Parameter("status", 503, 500, 504, (500, 502, 503, 504)),),
        oauth=True,
    ),
    FaultKind(
        "slow_core", "core",
        "The bank's core works slowly, with its lock held: everybody else waits too.",
        "银行核心处理缓慢且占用锁，其他请求也随之等待。",
        "Limits how many calls wait at once, so that one slow interface does not stop its other pages.",
        "限制同时等待的调用数，避免一个缓慢的接口拖住其他页面。",
        (Parameter("ms", 500, 1, 2_000),),
        done=True, shared=True,
    ),
    FaultKind(
        "disk_full", "core",
        "The bank's disk is full: SQLite refuses the write, the whole call is undone, 503.",
        "银行磁盘已满：SQLite拒绝写入，整笔业务回滚，返回503。",
        "Repeats later with the same idempotency key: the signed 503 says that nothing was done.",
        "稍后以同一幂等键重发：经签名的503表明业务未执行。",
    ),
    FaultKind(
        "wrong_signature", "answer",
        "The answer's signature does not hold.",
        "应答的签名无法通过验证。",
        "Discards the answer, raises an alarm, treats a payment as unknown and asks.",
        "丢弃应答并告警；付款按结果未知处理并查询。",
        done=True,
    ),
    FaultKind(
        "expired_key", "answer",
        "The answer is signed with a key that the bank no longer publishes.",
        "应答由银行已不再公布的密钥签名。",
        "Asks for the bank's key set once; where the key is not in it, discards the answer.",
        "重新获取一次银行公钥集；其中没有该密钥的，丢弃应答。",
        done=True,
    ),
    FaultKind(
        "bad_json", "answer",
        "The body breaks off in the middle, and is signed so.",
        "应答正文中途截断，且已按截断后的内容签名。",
        "Treats an answer that it cannot read like none: asks again, guesses nothing.",
        "无法解析的应答视同未收到：重新查询，不作猜测。",
        done=True,
    ),
    FaultKind(
        "clock_skew", "answer",
        "The answer bears a time that is off.",
        "应答的时间戳偏离实际时间。",
        "Discards what was signed outside the window, and compares its own clock with a second source.",
        "丢弃时间窗口之外的应答，并用另一时间源核对自己的时钟。",
        (Parameter("s", 600, -_DAY_S, _DAY_S),),
        done=True,
    ),
    FaultKind(
        "worker_killed", "line",
        "The process that served the call is killed, the work done and the answer not sent.",
        "业务已执行、应答尚未发出时，处理进程被强制终止。",
        "As with a lost answer. The bank's next process is there within a second.",
        "与应答丢失相同；银行的新进程会在一秒内就绪。",
        done=True, shared=True, oauth=True,
    ),
    FaultKind(
        "duplicate_callback", "event",
        "An event arrives twice, each time signed anew.",
        "同一通知送达两次，每次均重新签名。",
        "Acts once: an event_id that it has seen is acknowledged and nothing more.",
        "只处理一次：已见过的event_id仅确认收到，不再处理。",
        done=True,
    ),
    FaultKind(
        "late_callback", "event",
        "An event leaves the bank later than it should.",
        "通知延迟发出。",
        "Does not wait for events to learn the truth: asks where it matters.",
        "不依赖通知获知事实：重要之处主动查询。",
        (Parameter("s", 600, 1, 3_600),),
        done=True,
    ),
)  # fmt: skip

KINDS: dict[str, FaultKind] = {each.name: each for each in _KINDS}
