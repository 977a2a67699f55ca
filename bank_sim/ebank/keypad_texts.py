"""What the keypad says, in Chinese and English. No word of it holds a digit: the page stays free of them."""

from __future__ import annotations

from bank_sim.web import Language

_ZH = {
    "password": "登录密码",
    "hint": "请按下方键盘输入八位密码。数字的位置每次都不同，密码在离开浏览器前已加密。",
    "code": "短信验证码",
    "code_hint": "请按下方键盘输入短信中的六位数字。",
    "pad": "安全键盘",
    "place": "{row}{column}",
    "rows": "第一行|第二行|第三行|第四行",
    "columns": "左键|中键|右键",
    "wipe": "清空",
    "delete": "退格",
    "switch": "用自己的键盘输入",
    "turn_on": "启用键盘输入",
    "switch_hint": "看不清图形数字时使用。此时击键可能被本机的恶意软件记录；提交前同样会加密。",
    "own": "在此输入数字，只显示圆点",
    "counts": "尚未输入|已输入一位|已输入两位|已输入三位|已输入四位|已输入五位|已输入六位|已输入七位|已输入八位",
    "incomplete": "位数还不够，请继续输入。",
    "no_script": "浏览器未启用脚本，无法显示安全键盘。密码将只由 TLS 通道加密传输。",
    "not_built": "本行未部署安全键盘组件，密码将只由 TLS 通道加密传输。",
    "plain": "您选择了普通输入框，密码将只由 TLS 通道加密传输。",
    "use_plain": "键盘没有反应？改用普通输入框",
    "licences": "键盘所用开源软件的许可",
}
_EN = {
    "password": "Password",
    "hint": (
        "Enter your eight-digit password below. The digits change places every time, and what you press "
        "is encrypted before it leaves this browser."
    ),
    "code": "Code from the text message",
    "code_hint": "Enter the six digits of the text message below.",
    "pad": "Keypad",
    "place": "{row}, {column}",
    "rows": "first row|second row|third row|fourth row",
    "columns": "left|middle|right",
    "wipe": "Clear",
    "delete": "Delete",
    "switch": "Type on my own keyboard",
    "turn_on": "Turn my keyboard on",
    "switch_hint": (
        "For those who cannot read the drawn digits. Malware on this computer could record what you "
        "type; it is still encrypted before it is sent."
    ),
    "own": "Type the digits here; dots stand for them",
    "counts": (
        "nothing entered|one entered|two entered|three entered|four entered|five entered|six entered|"
        "seven entered|eight entered"
    ),
    "incomplete": "That is too short. Please go on.",
    "no_script": "Scripts are off in this browser, so there is no keypad. Your password is protected by TLS alone.",
    "not_built": "The keypad is not installed at this bank. Your password is protected by TLS alone.",
    "plain": "You chose a plain field. Your password is protected by TLS alone.",
    "use_plain": "The keypad does not react? Use a plain field",
    "licences": "Licences of the software in this keypad",
}

WORDS: dict[Language, dict[str, str]] = {"zh": _ZH, "en": _EN}
