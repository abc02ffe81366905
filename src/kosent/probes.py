"""Twenty texts whose probabilities travel with a model.

A bundle that gives other probabilities for them after loading is not the model that was saved.
"""

PROBES = (
    "정말 재미있고 감동적인 영화였어요",
    "재미있을 줄 알았는데 완전 실망했다. 너무 졸리고 돈이 아까웠다",
    "배우들 연기는 좋은데 이야기가 산으로 간다",
    "두 번 봐도 질리지 않네요 ㅎㅎ 강추!!",
    "ㅋㅋㅋㅋㅋㅋㅋ",
    "ㅠㅠㅠㅠ 눈물바다",
    "이걸 영화라고 만들었냐...",
    "나쁘지 않다. 기대 안 하고 봐서 그런가 괜찮음",
    "띄어쓰기없이쓴글도읽을수있어야합니다",
    "최고👍👍 또 보러 갈 거예요",
    "수면제가 필요하신 분께 추천합니다",
    "별점 1점도 아깝다",
    "평점 10점 만점에 3.5점",
    "음악이 다 했다",
    "This was a wonderful film, and I didn't want it to end.",
    "Dull, predictable and far too long.",
    "뷁",
    "",
    "!!!???",
    "가나다라마바사 아자차카타파하 1234567890 abcdefg",
)
