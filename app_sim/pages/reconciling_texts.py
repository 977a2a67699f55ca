"""What the page of reconciliation says, in English and Chinese."""

from __future__ import annotations

RECONCILIATION: dict[str, tuple[str, str]] = {
    "reconciliation": ("Reconciliation", "对账"),
    "reconciliation_lead": (
        "After each day the bank gives a signed file of every payment of this app. The wallet compares it with its own"
        " books. The bank's word settles what was unknown here; what contradicts is changed on neither side.",
        "每日终了，银行提供本应用全部付款的签名文件，钱包与自身账簿逐笔核对。结果未知的付款以银行为准；"
        "双方不一致的，任何一方都不自动改账。",
    ),
    "reconciliation_none": (
        "No file yet. The first one comes after the day of the first payment, at a quarter past midnight.",
        "暂无对账文件。首笔付款次日零点一刻后可取得第一份。",
    ),
    "reconciliation_fetch": ("Fetch what is due", "获取待对账文件"),
    "reconciliation_due": ("Still to come: {days}", "待获取：{days}"),
    "reconciliation_no_difference": ("Every order agrees.", "全部订单一致。"),
    "differences": ("Differences", "差异"),
    "file_days": ("Files of days", "各日对账文件"),
    "file_day": ("Day", "日期"),
    "file_state": ("File", "文件"),
    "file_imported": ("Imported", "已导入"),
    "file_refused": ("Not believed", "未采信"),
    "file_source_bank": ("from the bank", "取自银行"),
    "file_source_hand": ("brought by hand", "人工导入"),
    "file_lines": ("Orders", "笔数"),
    "file_executed": ("Executed", "已执行"),
    "file_sum": ("Sum", "金额合计"),
    "file_matched": ("Agree", "一致"),
    "file_settled": ("Settled by it", "据此确定"),
    "file_told": ("Bank told", "已告知银行"),
    "file_told_yes": ("yes", "是"),
    "filed_executed": ("executed", "已执行"),
    "filed_rejected": ("rejected", "已拒绝"),
    "filed_refused": ("refused", "已拒绝"),
    "filed_expired": ("ran out", "已过期"),
    "filed_open": ("no end yet", "尚无结果"),
    "filed_created": ("ordered", "已下单"),
    "file_take": ("Take the file along", "下载文件"),
    "file_anew": ("Import anew", "重新导入"),
    "file_by_hand": ("A file from elsewhere", "导入外部文件"),
    "file_by_hand_lead": (
        "A file that came another way, by post or from a colleague, is believed only if the bank has signed every byte"
        " of it.",
        "以其他方式取得的文件，只有经银行签名且一字未改，才会被采信。",
    ),
    "file_choose": ("File (JSON)", "文件（JSON）"),
    "file_import": ("Import", "导入"),
    "difference_order": ("Order", "订单号"),
    "difference_held": ("In our books", "本方记录"),
    "difference_filed": ("In the bank's file", "银行文件"),
    "difference_over": ("Explained", "已解释"),
    "differs_missing_here": ("Not in our books", "本方无记录"),
    "differs_missing_here_why": (
        "The bank has an order under our name that we do not know. After a restored backup it may be one of ours.",
        "银行有一笔以本应用名义的订单，而本方没有。若近期恢复过备份，可能是备份后的订单。",
    ),
    "differs_missing_there": ("Not in the bank's files", "银行无记录"),
    "differs_missing_there_why": (
        "We show the user a payment as executed that the bank has in no file. Ask the bank, by the order number.",
        "本方显示已付款，但银行各日文件均无此笔。请凭订单号联系银行。",
    ),
    "differs_amount": ("Another amount", "金额不符"),
    "differs_amount_why": (
        "Both have the order, with different amounts. Nothing is changed until it is known who is right.",
        "双方均有此订单，金额不同。查明之前不作更改。",
    ),
    "differs_state": ("Another outcome", "结果不符"),
    "differs_state_why": (
        "One side says executed, the other does not, or the posting has another number. Ask the bank.",
        "一方为已执行，另一方不是，或入账流水号不同。请联系银行。",
    ),
    "differs_late": ("In the next file, most likely", "可能在次日文件中"),
    "differs_late_why": (
        "Executed here close to midnight. The bank's next file should have it; if not, this becomes a difference.",
        "临近零点执行，应出现在银行次日文件中；若仍没有，将转为差异。",
    ),
    "api_reconciliation_get": ("File of a day", "日对账文件"),
    "api_oauth_reconciliation": ("Tell what was found", "报告对账结果"),
    "rule_file_refused": ("A reconciliation file is not believed", "对账文件未采信"),
    "rule_file_refused_todo": (
        "It is not the bank's, or something in it was changed. Fetch it from the bank again; find out whose hands it"
        " went through.",
        "文件并非银行签发或内容被改动。请重新从银行获取，并查明经手环节。",
    ),
    "rule_books_differ": ("Books and file differ", "账簿与对账文件不一致"),
    "rule_books_differ_todo": (
        "Look at the differences of that day. Agree with the bank by order number who is right, then correct.",
        "查看当日差异，凭订单号与银行核实后再作更正。",
    ),
}
