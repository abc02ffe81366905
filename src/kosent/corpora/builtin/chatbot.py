"""Chatbot data for Korean v1.0 (MIT): 11,823 questions to a chatbot, by what they are about.

The column of answers is not read. It is published without a split, so that ``forms.in_test``
makes one.
"""

from __future__ import annotations

from kosent.corpora.builtin.forms import Table, divided, word
from kosent.corpora.spec import CorpusSpec, github_file
from kosent.language import Message

LABELS = ("일상", "이별", "사랑")
WORDS = {str(number): label for number, label in enumerate(LABELS)}
WORDS["2   "] = "사랑"  # one row of the official file
FORM = Table(("Q", "A", "label"), "Q", word(2, WORDS), separator=",", quoted=True)

SPEC = CorpusSpec(
    name="chatbot",
    language="ko",
    title=Message(
        "챗봇에게 한 말: 일상, 이별, 사랑", "said to a chatbot: daily life, parting, love"
    ),
    task="topic",
    metric="accuracy",
    labels=LABELS,
    licence="MIT",
    homepage="https://github.com/songys/Chatbot_data",
    rows={"train": 9_386, "test": 2_437},
    files=(
        github_file(
            "chatbot/ChatbotData.csv",
            "songys/Chatbot_data/master",
            "ChatbotData.csv",
            "4cc2bfa9a124991dc5ca80f5da1786f4162f46e1",
            889_842,
        ),
    ),
    read=divided(FORM),
)
