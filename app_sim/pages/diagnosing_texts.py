"""What the page for diagnostics says, in English and Chinese."""

from __future__ import annotations

DIAGNOSTICS: dict[str, tuple[str, str]] = {
    "diagnostics": ("Diagnostics", "诊断"),
    "diagnostics_lead": (
        "For ten minutes the wallet writes down what payment forms held and what the bank answered. A line that holds"
        " an account or identity number in full is not written; the journal says so. Switching off deletes the file.",
        "十分钟内记录付款表单内容及银行应答。含完整账号或证件号的内容一律不写入，并在日志中留痕；关闭后文件即删除。",
    ),
    "diagnostics_on": ("On until {until}. {bytes} bytes are written.", "已开启，至{until}结束；已写入{bytes}字节。"),
    "diagnostics_off": ("Off.", "已关闭。"),
    "diagnostics_start": ("Switch on for ten minutes", "开启十分钟"),
    "diagnostics_stop": ("Switch off and delete", "关闭并删除"),
    "settings_check": ("Secrets in settings", "配置中的密钥"),
    "settings_check_lead": (
        "Keys and App_Secret belong into the vault alone. This looks for them in every file of settings or code in the"
        " wallet's folder, as is done at each start, where a finding keeps the wallet from starting.",
        "密钥与鉴别密文只应存放于保险库。本检查逐一查找钱包目录中的配置与代码文件；每次启动亦执行，一经发现即拒绝启动。",
    ),
    "settings_check_now": ("Look now", "立即检查"),
    "settings_check_clean": ("Nothing found.", "未发现密钥。"),
}
