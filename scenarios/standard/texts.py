"""The words of the clauses report and of the command, for people who file it rather than read it."""

from __future__ import annotations

from scenarios.texts import Text

TEXTS = {
    "title": Text("JR/T 0185-2020: what answers each clause", "JR/T 0185-2020 条款符合性报告"),
    "language": Text("Language", "语言"),
    "lead": Text(
        "Generated from one run of the sandbox. Every verdict follows from what was played and tested in it; nothing"
        " was entered by hand. It speaks of this sandbox, and is no certification of a real bank.",
        "由沙箱的一次运行自动生成。每项结论均由该次运行中的场景与测试得出，无人工填写。报告仅针对本沙箱，不构成对任何真实机构的认证。",
    ),
    "written_at": Text("Run of", "运行时间"),
    "contents": Text("Contents", "目录"),
    "versions": Text("Versions", "版本"),
    "versions_hint": Text(
        "sources_sha256 is one SHA-256 over every Python file of the three parties and of the scenarios.",
        "sources_sha256 为三方程序及场景全部Python源文件的汇总SHA-256。",
    ),
    "components": Text("Third-party components", "第三方组件"),
    "components_lead": Text(
        "The approved list, as the lock file pins it; the data holds it as CycloneDX 1.6 with every hash.",
        "即锁定文件中的准入清单；数据中以CycloneDX 1.6格式列出全部哈希。",
    ),
    "advisories_unasked": Text(
        "No feed of advisories was given to this report: --advisories FILE takes one in the format of OSV.",
        "本报告未提供漏洞通告；可用 --advisories FILE 提供OSV格式的通告文件。",
    ),
    "advisories_none": Text("No advisory of the feed concerns these versions.", "通告中没有涉及这些版本的漏洞。"),
    "advisory": Text("Advisory", "通告"),
    "component": Text("Component", "组件"),
    "summary": Text("Summary", "总览"),
    "verdict": Text("Verdict", "结论"),
    "meaning": Text("What it means", "含义"),
    "number": Text("Clauses", "条款数"),
    "of_all": Text("Of {n} clauses", "共{n}项条款"),
    "kind": Text("Kind", "类别"),
    "verified": Text("Books and chains", "账务与日志链"),
    "verified_lead": Text(
        "Verified after the last play, from the parties' files alone, by code that shares nothing with their writers.",
        "全部场景结束后，仅依据各方文件、由独立于写入程序的代码进行核验。",
    ),
    "verified_nothing": Text("This run verified nothing.", "本次运行未做核验。"),
    "suite": Text("Suite", "算法套件"),
    "what": Text("What", "项目"),
    "holds": Text("holds", "成立"),
    "broken": Text("BROKEN", "不成立"),
    "found": Text("Found", "核验结果"),
    "excepted_title": Text("What is not shown, and why", "未展示的条款及原因"),
    "reason": Text("Reason", "原因"),
    "later": Text("later", "待建"),
    "outside": Text("outside", "超出范围"),
    "chapter": Text("Chapter {n}", "第{n}章"),
    "annex": Text("Annex {n}", "附录{n}"),
    "clause": Text("Clause", "条款"),
    "requirement": Text("Requirement", "要求"),
    "evidence": Text("Evidence", "依据"),
    "obliged": Text("Obliged: ", "责任方："),
    "bank": Text("bank", "银行"),
    "app": Text("application", "应用方"),
    "user": Text("user", "用户"),
    "level": Text("level ", "适用 "),
    "technical-executable": Text("technical", "技术可执行"),
    "simulated-process": Text("simulated process", "流程模拟"),
    "document-only": Text("document", "文档类"),
    "checks": Text("Checks", "检查项"),
    "check_counts": Text("held {held} times, refused {refused}", "通过{held}次，拒绝{refused}次"),
    "never_asked": Text("not asked in this run", "本次运行未触发"),
    "asked_there": Text("asked at the application", "由应用方检查"),
    "refusal": Text("for example", "例如"),
    "plays": Text("Scenarios", "场景"),
    "tests": Text("Tests", "测试"),
    "tests_more": Text("and {n} more", "另有{n}项"),
    "documents": Text("Documents", "文档"),
    "attacks": Text("Attacks", "攻击"),
    "attack_played": Text("played as", "对应场景"),
    "attack_unplayed": Text("no scenario yet", "尚无场景"),
    "code": Text("Code", "代码"),
    "pages": Text("Pages", "页面"),
    "whole": Text("whole bank", "完整防护"),
    "weakened": Text("without its one defence", "去除该项防护"),
    "passed": Text("passed", "通过"),
    "not_passed": Text("FAILED", "未通过"),
    "skipped": Text("skipped", "跳过"),
    "not_run": Text("not run", "未运行"),
    "plays_title": Text("The plays, with their records", "场景及其访问记录"),
    "plays_lead": Text(
        "Each scenario with what it claimed and held, and the bank's access records of it. A weakened play proves an"
        " attack: the same attack must succeed once its one defence is gone.",
        "列出每个场景成立的断言与银行访问记录。“去除该项防护”用于证明攻击真实有效：去掉唯一防护后，同一攻击必须成功。",
    ),
    "claims": Text("What held", "成立的断言"),
    "records": Text("Access records", "访问记录"),
    "records_more": Text("{n} more records stand in the data.", "另有{n}条记录见数据。"),
    "serial": Text("Serial", "流水号"),
    "at": Text("Virtual time", "虚拟时间"),
    "call": Text("Call", "调用"),
    "signed_by": Text("Key", "密钥"),
    "answer": Text("Answer", "应答"),
    "trace": Text("Trace", "追踪号"),
    "data": Text("The data", "数据"),
    "data_lead": Text(
        "All that this report says is drawn from one JSON document, which this file carries. Its SHA-256:",
        "本报告全部内容取自同一份JSON数据，随本文件附带。其SHA-256为：",
    ),
    "data_check": Text(
        "bank-sandbox clauses --check FILE recomputes it; so does sha256sum over the text of the element “evidence”.",
        "可用 bank-sandbox clauses --check FILE 重新计算，或对元素“evidence”的文本执行sha256sum。",
    ),
    "tests_unrun": Text(
        "No tests were run for this report; clauses that only a test shows are not judged.",
        "本报告未运行测试，仅由测试展示的条款不作结论。",
    ),
    "tests_ran": Text(
        "Tests that show clauses: {passed} passed, {failed} failed, {skipped} skipped.",
        "展示条款的测试：通过{passed}项，失败{failed}项，跳过{skipped}项。",
    ),
}

VERDICTS = {
    "failed": Text("failed", "不符合"),
    "shown": Text("shown", "已展示"),
    "tested": Text("tested", "已测试"),
    "documented": Text("documented", "已成文"),
    "excepted": Text("excepted", "例外"),
    "unjudged": Text("not judged", "未评定"),
    "open": Text("open", "缺失"),
}

MEANINGS = {
    "failed": Text("A scenario or a test that stands for it did not hold.", "代表该条款的场景或测试未通过。"),
    "shown": Text(
        "Every scenario that stands for it held, and so did its tests, where they were run.",
        "代表该条款的场景全部通过；如运行了测试，测试亦全部通过。",
    ),
    "tested": Text("No scenario of this run stands for it; its tests passed.", "本次运行无对应场景，测试通过。"),
    "documented": Text("The standard asks for a document, and it is there.", "标准要求成文，文档已具备。"),
    "excepted": Text("Nothing shows it; the reason is written down.", "尚未展示，原因已书面说明。"),
    "unjudged": Text(
        "Something would show it, and was not part of this run.", "有对应的场景或测试，但不在本次运行内。"
    ),
    "open": Text("Nothing answers it, and nobody says why.", "无任何对应，也未说明原因。"),
}

STANDINGS = {
    "shown": Text("shown by scenarios or tests", "由场景或测试展示"),
    "documented": Text("documented, which is what it asks for", "已成文（条款仅要求文档）"),
    "excepted": Text("not shown, for a written reason", "未展示，原因已书面说明"),
    "open": Text("open: nothing answers it", "缺失：无任何对应"),
}
