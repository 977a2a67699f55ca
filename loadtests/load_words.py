"""The words of the load report, in both languages."""

from __future__ import annotations

from scenarios.texts import Text

WORDS = {
    "title": Text("Load report", "压力测试报告"),
    "met": Text("every objective was met", "全部目标达成"),
    "missed": Text("an objective was missed", "存在未达成的目标"),
    "objectives": Text("Objectives", "目标与结论"),
    "objective": Text("what", "指标"),
    "asked": Text("asked", "要求"),
    "found": Text("found", "实测"),
    "verdict": Text("verdict", "结论"),
    "holds": Text("met", "达成"),
    "broken": Text("missed", "未达成"),
    "course": Text("How it went", "运行过程"),
    "calls": Text("Calls a second, by what came of them", "每秒调用数（按结果）"),
    "times": Text("Answers to the crowd, in milliseconds", "正常用户应答时间（毫秒）"),
    "users": Text("Users", "用户数"),
    "ok": Text("served", "成功"),
    "refused": Text("rightly refused", "应拒已拒"),
    "throttled": Text("429, with a time to wait", "限流（429，含等待时间）"),
    "failed": Text("failed", "失败"),
    "let_through": Text("let through", "错误放行"),
    "fault": Text("a fault is on", "故障期间"),
    "flood": Text("the neighbour floods", "邻居超限期间"),
    "seconds": Text("seconds", "秒"),
    "who": Text("Who called what", "调用明细"),
    "codes": Text("Refusals and failures by code", "拒绝与失败（按错误码）"),
    "code": Text("code", "错误码"),
    "count": Text("calls", "次数"),
    "none": Text("None.", "无。"),
    "setup": Text("What was measured", "测试条件"),
    "suite": Text("suite", "密码套件"),
    "workers": Text("gateway processes", "网关进程数"),
    "generators": Text("load generators", "压测进程数"),
    "crowd": Text("users at most, intents a second", "最大用户数，每秒意图数"),
    "consents": Text("consents given on the bank's pages, a second", "在银行页面完成的授权，每秒"),
    "generator": Text("calls a generator can make in a second of processor time", "压测端每CPU秒可发起的调用数"),
    "bank": Text("calls the bank answers in a second of processor time", "银行每CPU秒可应答的调用数"),
    "ratio": Text("generator to bank", "压测端与银行之比"),
    "others": Text("processors taken by other programs meanwhile", "其间其他程序占用的处理器"),
    "busy": Text(
        "the machine was busy with other things: speed verdicts say little", "机器另有繁重任务，速度结论参考价值有限"
    ),
    "machine": Text("machine", "机器"),
    "note": Text(
        "A latency runs from the sending to the whole answer, plus what its user was behind because an earlier answer"
        " was late. Only served calls have one. One answer in twenty is verified to the last byte by the bank's SDK.",
        "应答时间从发出请求到收完应答，并计入因前一应答迟到而造成的延误；仅统计成功的调用。每二十个应答抽一个，由银行SDK完整验签。",
    ),
}
