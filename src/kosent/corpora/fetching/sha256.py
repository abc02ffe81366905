"""SHA-256 of official files, beside what their publishers state.

Those are MD5 and git's SHA-1, for which two files of one checksum can be made. A file is official
if both are right. Those of NSMC and IMDB are as Hugging Face and TensorFlow record their downloads
of files of these addresses and sizes; the others are computed from the files. Of files that are not
here nobody has had the official bytes yet.
"""

from __future__ import annotations

SHA256 = {
    "3i4k/fci_test.txt": "d74c5b376c7d231bd4d5a94de855e47b6e70c96abeeaaf75cffbdb8506a87ff2",
    "3i4k/fci_train_val.txt": "646f450b84992c6df806ea72aa35374db7ec30d7739920b86dfa878e73b69079",
    "chatbot/ChatbotData.csv": "287eb129695b577321c80ad397bb3c2279164d4ca577874d129fd3db5b30afe2",
    "finance/finance_data.csv": "0b49088dc87254d668dcbe69621e1f63dbb67558a3c4466e6cbabed2686254f0",
    "imdb/aclImdb_v1.tar.gz": "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe",
    "kmhas/kmhas_test.txt": "9eaf470ee12c445817301d58672349500d6759516a730e879d36d6de17a2051a",
    "kobest/SentiNeg/test.tsv": "7bec3d31ccebee0db4cfcedc7205cfd7d21603ecaec5327ce4a74eff54d0007d",
    "kobest/SentiNeg/train.tsv": "07c8517ae035e400dc2ec8f9eb6a1d3c462c1758058c8f83ff4d1326eb80a5c7",
    "kodoli/kodoli.csv": "65cb166eb3091544bf61fa0055338f6e2d2ebb3706bcaedbccd0088b52b6a42c",
    "korean-hate-speech/labeled/dev.tsv": "232b615d6e359a9d31dfb8370f32e1733dc5bb3f9c5430d34d7fcc7ba4b7e8ef",  # noqa: E501
    "korean-hate-speech/labeled/train.tsv": "ebebacdcd023af2c4acc8c0a37695fb6433ac04fc009feff8f222724e303a5a9",  # noqa: E501
    "nsmc/ratings_test.txt": "8ac9f64052f11dbf6ae0acb5e038f03d90a76f0eda7820cfb3a92d02edfcebda",
    "nsmc/ratings_train.txt": "e03b7d14e9e41be8d464a28057cd25d7396c53e67aa7fd5f7e552c59b0ee2940",
    "sib200/kor_Hang/test.tsv": "3effe5191e024624b64a05e493f7010e29aec099d279877f2cfced890d3ccb8d",
    "sib200/kor_Hang/train.tsv": "22daffa05f1f74ce0580fc6e62ab20c69f29f768832fc975a8211d1cc158d71d",
    "stylekqc/act/test.tsv": "8b8010f2fcc0a2a8f2fe63b74f8df2ce3e2e8408610400c35ae9cecd5dc41763",
    "stylekqc/act/train.tsv": "0e096da855a9db60f6f9073ad2124d33183b87a4ff200f82e49263c8ba8f7992",
    "stylekqc/topic/test.tsv": "a85f867a244c56413e51fa4ca7ec9159cda5673e5e3d1cc0e27fc9ff6409edce",
    "stylekqc/topic/train.tsv": "2f5e6bd6b7c3b62c93340270002644118f06b154408028e532fc40a6173affb7",
    "unsmile/unsmile_train_v1.0.tsv": "f560a2f624d98f7cd9dc5ec6e5368efb7edd9bfc01cfa963538facfad9fc6001",  # noqa: E501
    "unsmile/unsmile_valid_v1.0.tsv": "b391af71ab352eea27cecac0ff059fe2ed72d7c99585c10e86ce77a75bd12e42",  # noqa: E501
}
