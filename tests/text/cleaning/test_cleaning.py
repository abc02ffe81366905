"""Cleaning presets."""

import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kosent.errors import UsageError
from kosent.text.cleaning import PRESETS, Cleaner, clean

ANY = st.text(st.characters()) | st.text(
    st.sampled_from(
        "aAnst'’.,:!?3 \n가ㅋㅠ😂❤\ufe0f\u200d\u0301\u0331Hh<br/>\"`~^(-_\0\ud800\u3000"
    )
)
NAMES = sorted(PRESETS)

# The first five reviews that the NSMC post shows, and what its rules make of them.
POST = {
    "아 더빙.. 진짜 짜증나네요 목소리": ["아", "더빙", "진짜", "짜증나네요", "목소리"],
    "흠...포스터보고 초딩영화줄....오버연기조차 가볍지 않구나": [
        "흠", "포스터보고", "초딩영화줄", "오버연기조차", "가볍지", "않구나",
    ],
    "너무재밓었다그래서보는것을추천한다": ["너무재밓었다그래서보는것을추천한다"],
    "교도소 이야기구먼 ..솔직히 재미는 없다..평점 조정": [
        "교도소", "이야기구먼", "솔직히", "재미는", "없다", "평점", "조정",
    ],
    "사이몬페그의 익살스런 연기가 돋보였던 영화!스파이더맨에서 늙어보이기만 했던 "
    "커스틴 던스트가 너무나도 이뻐보였다": [
        "사이몬페그의", "익살스런", "연기가", "돋보였던", "영화", "!", "스파이더맨에서",
        "늙어보이기만", "했던", "커스틴", "던스트가", "너무나도", "이뻐보였다",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("review", "tokens"), POST.items())
def test_source_gives_the_tokens_of_the_post(review: str, tokens: list[str]) -> None:
    assert clean(review, "source").split(" ") == tokens


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("It's", "it s"),
        ("we've they're I'd you'll don't", "we ve they re i d you ll do nt"),
        ("IT'S", "its"),  # the post lower-cases after splitting
        ("(정말?)'좋다',`음`", "( 정말 ? ) 좋다 , `음`"),
        ("ㅋㅋㅋ 재밌다 ㅠㅠ 😂 #1.", "재밌다 1"),
        ("~~^^;;", ""),
    ],
)
def test_source_rules(raw: str, cleaned: str) -> None:
    assert clean(raw, "source") == cleaned


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("재밌다!!", "재밌다 !!"),
        ("재밌다.진짜", "재밌다 . 진짜"),
        ("3.5점, 1,000원 12:30", "3.5점 , 1,000원 12:30"),
        ("평점3.", "평점3 ."),
        ("ㅋㅋㅋㅋㅋㅋ 왜ㅠㅠㅠㅠㅠ", "ㅋㅋㅋ 왜ㅠㅠㅠ"),
        ("ㅋㅋㅋ", "ㅋㅋㅋ"),
        ("졸려어어어어어", "졸려어어어"),
        ("10000명 20000000원", "10000명 20000000원"),
        ("최고😂😂😂😂😂!?", "최고 😂😂😂 !?"),
        ("❤️❤️❤️❤️❤️", "❤️❤️❤️"),
        ("가족👨‍👩‍👧좋다", "가족 👨‍👩‍👧 좋다"),
        ("1️⃣위", "1️⃣위"),
        ("OST Good", "ost good"),
        ("Don't don’t", "don't don’t"),
        ("'명작'이다", "' 명작 ' 이다"),
        ("좋아(별로)요^^;", "좋아 ( 별로 ) 요 ^^;"),
        ("  여러\t칸\n줄 　 ", "여러 칸 줄"),
        ("spider-man -_- ㅡㅡ", "spider-man -_- ㅡㅡ"),
        ("ＯＫ！", "ｏｋ ！"),
        ("", ""),
        (" \n\t", ""),
    ],
)
def test_korean_rules(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("Great.<br /><br />Really!", "great . really !"),
        ("A<BR>b<br/>c", "a b c"),
        ("It's don't I'm we've they'll", "it 's do n't i 'm we 've they 'll"),
        ("O'Brien’s 'best'", "o'brien 's ' best '"),
        ("8.5/10, 1,000 times", "8.5 / 10 , 1,000 times"),
        ("well-made -- no...", "well - made -- no ..."),
        ('He said "wow"', 'he said " wow "'),
        ("café 😂😂", "café 😂😂"),
    ],
)
def test_english_rules(raw: str, cleaned: str) -> None:
    assert clean(raw, "english") == cleaned


def test_none_only_repairs() -> None:
    raw = "  ＡBC!!ㅋㅋㅋㅋㅋ\n<br />" + unicodedata.normalize("NFD", "각")
    assert clean(raw, "none") == "  ＡBC!!ㅋㅋㅋㅋㅋ\n<br />각"
    assert clean("a\0b\ud800", "none") == "a b\ufffd"


@pytest.mark.parametrize("preset", NAMES)
@given(text=ANY)
@example(text="H\u0331")  # its lower case composes, itself does not
@example(text="❤\ufe0f\ufe0f\ufe0f\ufe0f\ufe0f\ufe0f\ufe0f\ufe0f")
def test_every_preset_is_stable_and_safe(preset: str, text: str) -> None:
    cleaned = clean(text, preset)
    cleaned.encode("utf-8")
    assert "\0" not in cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert clean(cleaned, preset) == cleaned
    if preset != "none":
        assert cleaned == " ".join(cleaned.split())


@pytest.mark.parametrize("preset", NAMES)
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_composed_and_decomposed_text_come_out_equal(preset: str, text: str) -> None:
    forms = {clean(unicodedata.normalize(form, text), preset) for form in ("NFC", "NFD")}
    assert len(forms) == 1


@given(st.text(st.sampled_from("가나힣ㅋㅠㅏᄀa1.!?~^😂❤👍 ")))
def test_korean_loses_only_repeats_and_white_space(text: str) -> None:
    def squeezed(text: str) -> str:
        """Keep at most 3 of the same character that stand side by side, white space aside."""
        kept = ""
        for character in "".join(text.split()):
            if not (kept.endswith(character * 3) and character not in "1"):
                kept += character
        return kept

    expected = " ".join(text.split())
    assert squeezed(clean(text)) == squeezed(unicodedata.normalize("NFC", expected))


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs"]), max_size=30))
def test_english_loses_only_white_space(text: str) -> None:
    from kosent.text.unicode import repair

    if "<" in text and "br" in text.lower():
        return
    expected = unicodedata.normalize("NFC", repair(text).lower()).replace("’", "'")
    assert "".join(clean(text, "english").split()) == "".join(expected.split())


@pytest.mark.parametrize("preset", NAMES)
@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "가나다 ",
        "ㅋ",
        "ab",
        "3.",
        "a'",
        "n't",
        "!가",
        "<br",
        "< ",
        "😂\u200d",
        "\u0301\u0323",
        "\0",
        "\ud800",
    ],
)
def test_time_grows_with_length(
    preset: str, unit: str, growth: Callable[[Callable[[str], object], str, int], float]
) -> None:
    assert growth(Cleaner(preset), unit, 10_000) < 24


@pytest.mark.parametrize("name", ["koraen", "", None, 3, ["korean"]])
def test_unknown_preset(name: object) -> None:
    with pytest.raises(UsageError, match="cleaning preset"):
        clean("글", name)  # type: ignore[arg-type]


def test_nearest_preset_is_named() -> None:
    with pytest.raises(UsageError, match="Did you mean 'korean'"):
        clean("글", "koraen")


def test_throughput_on_real_reviews(nsmc_reviews: list[str]) -> None:
    """Guards against a rule that costs ten times; the figure itself is 150,000 a second a core."""
    sample = nsmc_reviews[:20_000]
    start = time.process_time()
    for review in sample:
        clean(review)
    assert len(sample) / (time.process_time() - start) > 20_000


def test_source_equals_the_post_on_real_reviews(nsmc_reviews: list[str]) -> None:
    """Compare with the post's own script, rule by rule, up to the white space it leaves."""
    import re

    def post(text: str) -> str:
        text = re.sub(r"[^가-힣A-Za-z0-9(),!?\'\`]", " ", text)
        for clitic in ("'s", "'ve", "n't", "'re", "'d", "'ll"):
            text = text.replace(clitic, f" {clitic}")
        for mark in ",!()?":
            text = text.replace(mark, f" {mark} ")
        text = re.sub(r"\s{2,}", " ", text)
        return re.sub(r"'", "", text).strip().lower()

    different = [
        r for r in nsmc_reviews[:20_000] if clean(r, "source") != " ".join(post(r).split())
    ]
    assert not [r for r in different if unicodedata.is_normalized("NFC", r)]


@pytest.fixture(scope="module")
def nsmc_reviews() -> list[str]:
    """Return the reviews of NSMC's test split, where a local copy is known."""
    import os

    folders = [os.environ.get("KOSENT_DATA"), Path(__file__).parents[4] / "shared" / "corpora"]
    for folder in filter(None, folders):
        path = Path(folder) / "nsmc" / "ratings_test.txt"
        if path.is_file():
            lines = path.read_text(encoding="utf-8").split("\n")[1:]
            return [line.split("\t")[1] for line in lines if line.count("\t") == 2]
    pytest.skip("no local copy of NSMC: set KOSENT_DATA to the corpora folder")
