"""Prompts as people write them: in many scripts, with emoji, marks that combine, both directions, odd punctuation.

Each asks for something plain and harmless, so that nobody's moderation has a reason to refuse it.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from hypothesis import strategies as st

from contract_tests.designs import STRONG

PLAIN = (
    "Paint a large orange circle and keep everything else as it is.",
    "Male einen großen blauen Kreis und lass alles Übrige, wie es ist – bitte.",
    "Peins un grand cercle « rouge » à gauche, s’il te plaît.",
    "在右上角画一只戴红帽子的猫，其余部分保持不变。",
    "右上に赤い帽子をかぶった猫を描いてください。ﾈｺﾃﾞｽ",
    "오른쪽 위에 빨간 모자를 쓴 고양이를 그려 주세요.",
    "Нарисуй большой зелёный круг и ничего больше не меняй.",
    "ارسم دائرة حمراء كبيرة واترك كل شيء آخر كما هو (100%).",
    "צייר עיגול כחול גדול, והשאר את כל השאר כמו שהוא: 3 × 2.",
    "एक बड़ा नारंगी गोला बनाइए और बाकी सब वैसा ही रहने दीजिए।",
    "วาดวงกลมสีส้มขนาดใหญ่แล้วปล่อยส่วนที่เหลือไว้เหมือนเดิม",
    "Ζωγράφισε έναν μεγάλο κόκκινο κύκλο.",
    "Vẽ một hình tròn màu cam thật lớn, giữ nguyên phần còn lại.",
    "დახატე დიდი წითელი წრე.",
    "Նկարիր մեծ կարմիր շրջան։",
    "பெரிய சிவப்பு வட்டம் ஒன்றை வரையவும்.",
    "ትልቅ ቀይ ክብ ሳል።",
    "ᠲᠣᠮᠣ ᠤᠯᠠᠭᠠᠨ ᠲᠣᠭᠤᠷᠢᠭ",
)
"""One request in many scripts, written from both sides."""

SPICE = (
    "",
    "🎨",
    "👩🏽‍🚀👨‍👩‍👧‍👦🏳️‍🌈",
    "z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍a̴̵̜̰͔ͫ͗͢l̠ͨͧͩ͘g̴̑o",
    "\u2067אבג 123\u2069 abc",
    "\u200b\u200d\ufeff",
    "𝒻𝒶𝓃𝒸𝓎 ＦＵＬＬ ＷＩＤＴＨ",
    "\"quoted\" 'and' \\back\\slashed\\ <b>&amp;</b>",
    '{"n": 11, "model": null}',
    "%00%0d%0a ${HOME} {{7*7}}",
    "line one\nline two\r\n\tindented",
    "# heading\n- item\n```code```",
    "Ⅷ ½ ﷽ ﬁ ǆ",
    "\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
)
"""What else people's clients put into a prompt, on purpose or not."""


@st.composite
def prompts(draw: Any, *, strong: bool = False) -> str:
    """A prompt; a `strong` one asks beyond doubt for everything under a mask's transparent part to be painted."""
    core = STRONG if strong else draw(st.sampled_from(PLAIN))
    spice = draw(st.sampled_from(SPICE))
    words = draw(st.sampled_from((core, f"{core} {spice}", f"{spice}{core}" if not strong else f"{core}{spice}")))
    form = draw(st.sampled_from(("NFC", "NFD", "NFC", "NFC")))
    times = draw(st.sampled_from((1,) * 12 + (20,)))
    return unicodedata.normalize(form, " ".join([words] * times))


def names() -> st.SearchStrategy[str]:
    """Names by which a caller tells its users apart: what identifiers and e-mail addresses are made of."""
    return st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-_.@", min_size=1, max_size=40)
