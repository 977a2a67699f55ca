"""The words of the range's own pages, in both languages. What a challenge says stands in its own file."""

from __future__ import annotations

from scenarios.texts import Text

TEXTS: dict[str, Text] = {
    "range": Text("Attack range", "攻防靶场"),
    "skip": Text("Skip to the content", "跳到正文"),
    "sandbox": Text(
        "Sandbox: procedures and cryptography are real; the money and the people are not.",
        "沙箱环境：流程与加密均为真实，资金与人物均为虚构。",
    ),
    "challenges": Text("Challenges", "挑战"),
    "board": Text("Score board", "积分榜"),
    "trainer": Text("Trainer", "教练"),
    "log_in": Text("Log in", "登录"),
    "log_out": Text("Log out", "退出"),
    "login_lead": Text("Your trainer has a code for you.", "请向教练领取您的代码。"),
    "code": Text("Your code", "您的代码"),
    "code_hint": Text("Twelve letters and digits; hyphens do not matter.", "12位字母和数字，连字符可省略。"),
    "code_wrong": Text("Nobody has this code. Look once more, letter by letter.", "没有这个代码，请逐字核对。"),
    "lead": Text(
        "Each challenge is a bank of your own in which exactly one defence is missing. Get round it, and learn what it"
        " was for.",
        "每个挑战都是一家只属于您的银行，恰好缺少一项防护。绕过它，并弄清它的用途。",
    ),
    "attack_half": Text("Attack", "攻击"),
    "defence_half": Text("Defend", "防守"),
    "defence_lead": Text(
        "The bank is whole here, and somebody has tried. Find out who, with the console of its staff.",
        "这里的银行是完整的，但有人试过攻击。请用银行人员的控制台查出来。",
    ),
    "points_of": Text("{points} points", "{points}分"),
    "solved": Text("solved", "已完成"),
    "open_now": Text("open", "进行中"),
    "revealed": Text("shown", "已公布"),
    "rules": Text("What is in bounds", "规则"),
    "rules_text": Text(
        "The gateway, the bank's pages and the wallet of your own world. Out of bounds: the phones, the control"
        " listener, the files of this machine, and other players' worlds.",
        "可用：您自己世界里的网关、银行页面和钱包。不可用：手机、控制端口、本机文件以及其他玩家的世界。",
    ),
    "story": Text("What happened", "背景"),
    "target": Text("Your target", "您的目标"),
    "begin": Text("Start my world", "启动我的世界"),
    "begin_again": Text("Begin anew", "重新开始"),
    "stop_world": Text("Stop my world", "停止我的世界"),
    "leave_hint": Text(
        "You have one world. Starting this challenge ends the one that you are at; what you have solved stays solved.",
        "您只有一个世界。开始本挑战会结束当前的挑战，已完成的不受影响。",
    ),
    "state_waiting": Text("Your world waits for its turn to start.", "您的世界正在排队启动。"),
    "state_starting": Text(
        "Your world is starting: a bank, a wallet, a phone.", "正在启动您的世界：银行、钱包、手机。"
    ),
    "state_setting": Text("The scene is being set.", "正在布置场景。"),
    "state_ready": Text("Your world is ready.", "您的世界已就绪。"),
    "state_failed": Text(
        "Your world could not be set. Begin anew; your trainer can see why.",
        "场景布置失败，请重新开始；教练可查看原因。",
    ),
    "state_stopped": Text("Your world has stopped.", "您的世界已停止。"),
    "wait": Text("This page looks again by itself in two seconds.", "本页两秒后自动刷新。"),
    "look_again": Text("Look again now", "立即刷新"),
    "no_room": Text(
        "As many worlds run as this machine carries, and all are in use. Try again in a minute or two.",
        "本机可承载的世界已全部在用，请过一两分钟再试。",
    ),
    "addresses": Text("Where things are", "地址"),
    "gateway": Text("The bank's gateway", "银行网关"),
    "pages": Text("The bank's pages", "银行页面"),
    "wallet": Text("The wallet", "钱包"),
    "console": Text("The console of the bank's staff", "银行人员控制台"),
    "auditor": Text("Log in there as", "登录账号"),
    "kit": Text("Your kit", "您的工具包"),
    "kit_hint": Text(
        "A folder with a script that runs, the bank's documentation, and a token that is yours: do not pass it on.",
        "内含可运行的脚本、银行文档和您个人的令牌，请勿转交他人。",
    ),
    "download": Text("Download the kit", "下载工具包"),
    "stolen": Text("What you have", "您掌握的东西"),
    "headers": Text("The message's headers", "报文头部"),
    "again": Text("Another victim", "换一位受害者"),
    "again_hint": Text(
        "Messages, codes and assertions grow old in minutes. This sets the same scene with somebody else.",
        "报文、验证码和断言几分钟就会过期。此操作换一位受害者重新布置同一场景。",
    ),
    "ask": Text("Ask the victim for the newest code", "向受害者询问最新验证码"),
    "they_say": Text("The victim says: {said}", "受害者说：{said}"),
    "nobody_says": Text("No code has come to the victim's phone.", "受害者的手机没有收到验证码。"),
    "hand_in": Text("Hand it in", "提交结果"),
    "typed": Text("Your answer", "您的答案"),
    "check": Text("Check", "检查"),
    "look": Text("Look at the books", "查看账务与日志"),
    "look_hint": Text(
        "The range watches the books and the log by itself; this looks at once.",
        "靶场会自动观察账务和日志；点击可立即查看。",
    ),
    "not_solved": Text("Not solved yet", "尚未完成"),
    "is_solved": Text("Solved", "已完成"),
    "refusals": Text("What the bank refused last", "银行最近拒绝的请求"),
    "serial": Text("Serial", "序号"),
    "called": Text("Call", "调用"),
    "why": Text("Why", "原因"),
    "hints": Text("Hints", "提示"),
    "hint_costs": Text("Show hint {number}: costs {cost} points", "查看提示{number}：扣{cost}分"),
    "all_hints": Text("That was the last hint.", "提示已全部给出。"),
    "was_about": Text("What this was about", "本题解析"),
    "missing": Text("The missing defence", "缺少的防护"),
    "the_defence": Text("The defence that held", "起作用的防护"),
    "the_attack": Text("The attack", "攻击方式"),
    "mitigation": Text("What a bank does about it", "银行如何应对"),
    "clauses": Text("What the standard asks", "标准要求"),
    "clause_note": Text("Clauses of JR/T 0185-2020, in our words.", "JR/T 0185-2020条款，摘要表述。"),
    "self_see": Text("See it done", "查看演示"),
    "self_see_text": Text("The same attack, played by the sandbox itself:", "由沙箱自行演示同一攻击："),
    "report": Text("Your incident report", "您的事件报告"),
    "report_attack": Text("What was tried?", "对方尝试了什么？"),
    "report_serial": Text("Serial number of a record that shows it", "能证明该攻击的记录序号"),
    "report_time": Text(
        "At what time, to the minute (as the console shows it)", "发生时间，精确到分（以控制台显示为准）"
    ),
    "report_who": Text(
        "Which App_ID, or which source address where no application signed", "涉及的App_ID；无应用签名时填来源地址"
    ),
    "report_defence": Text("Which defence refused it?", "哪项防护拒绝了它？"),
    "choose": Text("Choose …", "请选择……"),
    "send": Text("Send the report", "提交报告"),
    "tries": Text("{left} of {all} tries left", "还可提交{left}次，共{all}次"),
    "no_tries": Text("All tries are used; your best one counts.", "提交次数已用完，以最好成绩计分。"),
    "part_attack": Text("The attack", "攻击方式"),
    "part_serial": Text("The record", "记录"),
    "part_time": Text("The time", "时间"),
    "part_who": Text("Who", "相关方"),
    "part_defence": Text("The defence", "防护"),
    "right": Text("right", "正确"),
    "wrong": Text("not right", "不正确"),
    "place": Text("Place", "名次"),
    "player": Text("Player", "玩家"),
    "board_lead": Text("Of two with as many points, whoever had them earlier stands above.", "同分者先达到者在前。"),
    "score": Text("Points", "得分"),
    "solved_count": Text("Solved", "完成数"),
    "their_code": Text("Code", "代码"),
    "world_waiting": Text("waits", "排队中"),
    "world_starting": Text("starts", "启动中"),
    "world_setting": Text("is being set", "布置中"),
    "world_ready": Text("ready", "就绪"),
    "world_failed": Text("failed", "失败"),
    "world_stopped": Text("stopped", "已停止"),
    "nobody": Text("Nobody plays yet.", "还没有玩家。"),
    "trainer_lead": Text(
        "Hand out the codes. Worlds start when a player begins a challenge, and stop after half an hour of quiet.",
        "请分发代码。玩家开始挑战时世界自动启动，静置半小时后停止。",
    ),
    "world": Text("World", "世界"),
    "no_world": Text("none", "无"),
    "memory": Text("{mib} MiB", "{mib} MiB"),
    "worlds_running": Text("{running} of {most} worlds run", "世界运行中：{running}/{most}"),
    "actions": Text("Actions", "操作"),
    "start": Text("Start", "启动"),
    "reset": Text("Reset", "重置"),
    "stop": Text("Stop", "停止"),
    "stop_all": Text("Stop all worlds", "停止所有世界"),
    "forget": Text("Clear progress", "清除进度"),
    "reveal": Text("Show the solution", "公布解析"),
    "reveal_lead": Text(
        "Whoever has not solved it by then may read what it was about, and earns nothing by it any more.",
        "尚未完成者可阅读解析，但不再得分。",
    ),
    "challenge": Text("Challenge", "挑战"),
    "everybody": Text("Everybody", "所有人"),
    "to_whom": Text("To whom", "对象"),
    "progress": Text("Progress", "进度"),
    "export": Text("Download as CSV", "下载CSV"),
    "done": Text("Done.", "已完成。"),
    "refused_here": Text(
        "This page is not yours to open, or the form came from elsewhere.", "您无权打开此页，或表单来自其他页面。"
    ),
    "missing_page": Text("There is no such page.", "没有这个页面。"),
    "unusable": Text("The range cannot use that.", "靶场无法处理该请求。"),
    "to_start": Text("Back to the challenges", "返回挑战列表"),
    "mark_solved": Text("solved", "已完成"),
    "mark_begun": Text("begun", "已开始"),
}


class Words:
    """The words in one language: ``w.board``."""

    def __init__(self, language: str) -> None:
        self._language = language

    def __getattr__(self, name: str) -> str:
        try:
            return TEXTS[name].in_(self._language)
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, name: str) -> str:
        return TEXTS[name].in_(self._language)
