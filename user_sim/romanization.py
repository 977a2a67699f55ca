"""Pinyin of the names that seeded people bear. Knows no other characters and must not guess: unknown is None."""

from __future__ import annotations

_SURNAMES = """
王 Wang  李 Li  张 Zhang  刘 Liu  陈 Chen  杨 Yang  黄 Huang  吴 Wu  赵 Zhao  周 Zhou  徐 Xu  孙 Sun
马 Ma  朱 Zhu  胡 Hu  林 Lin  郭 Guo  何 He  高 Gao  罗 Luo  郑 Zheng  梁 Liang  谢 Xie  宋 Song
唐 Tang  许 Xu  邓 Deng  冯 Feng  韩 Han  曹 Cao  彭 Peng  萧 Xiao  蔡 Cai  潘 Pan  田 Tian  董 Dong
袁 Yuan  于 Yu  余 Yu  叶 Ye  蒋 Jiang  杜 Du  苏 Su  魏 Wei  程 Cheng
"""
_GIVEN = """
丹 dan  丽 li  云 yun  兰 lan  军 jun  冬 dong  凤 feng  华 hua  国 guo  娟 juan  婷 ting  小 xiao
平 ping  建 jian  强 qiang  志 zhi  春 chun  桂 gui  梅 mei  海 hai  淑 shu  燕 yan  玉 yu  珍 zhen
秀 xiu  红 hong  芝 zhi  花 hua  芳 fang  英 ying  荣 rong  金 jin  雪 xue  霞 xia  香 xiang
"""


def _table(text: str) -> dict[str, str]:
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


SURNAMES = _table(_SURNAMES)
GIVEN = _table(_GIVEN)


def romanized(name: str) -> str | None:
    """``王秀英`` → ``Wang Xiuying``; None when a character is not in the tables or the given name has not two."""
    surname, given = SURNAMES.get(name[0]), [GIVEN.get(character) for character in name[1:]]
    if surname is None or len(given) != 2 or None in given:
        return None
    return f"{surname} {''.join(str(syllable) for syllable in given).capitalize()}"
