"""Names of any script in a-z, as people write them in an e-mail address; used when the pools are built, never later."""

import re
import unicodedata


def _split(forms: str) -> list[str]:
    """Forms between single spaces; an empty one stands for a letter that is left out."""
    return forms.split(" ")


_LATIN = {
    "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "æ": "ae", "Æ": "Ae",
    "œ": "oe", "Œ": "Oe", "þ": "th", "ð": "d",
}  # fmt: skip
_GERMAN = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}

# Ukrainian: Cabinet of Ministers resolution 55 of 2010, without its forms for the beginning of a word.
_CYRILLIC = dict(
    zip(
        "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
        _split("a b v h g d e ie zh z y i i i k l m n o p r s t u f kh ts ch sh shch  iu ia"),
        strict=True,
    )
)
_ARABIC = dict(
    zip(
        "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي",
        _split(" a a w i y a b a t th j h kh d dh r z s sh s d t z a gh f q k l m n h w a y"),
        strict=True,
    )
)
_DEVANAGARI_VOWELS = dict(zip("अआइईउऊऋएऐओऔ", _split("a a i i u u ri e ai o au"), strict=True))
_DEVANAGARI_SIGNS = dict(zip("ािीुूृेैॉोौ", _split("a i i u u ri e ai o o au"), strict=True))
_DEVANAGARI = dict(
    zip(
        "कखगघङचछजझञटठडढणतथदधनपफबभमयरलळवशषसह",
        _split("k kh g gh n ch chh j jh n t th d dh n t th d dh n p ph b bh m y r l l v sh sh s h"),
        strict=True,
    )
)
# Hangul by syllable blocks: Revised Romanization of Korean (2000), without changes between syllables.
_INITIALS = _split("g kk n d tt r m b pp s ss  j jj ch k t p h")
_MEDIALS = _split("a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i")
_FINALS = _split(" k k k n n n t l k m l l l p l m p p t t ng t t k t p t")
_HANGUL = 0xAC00

_PINYIN_GIVEN = """
东dong 丹dan 丽li 云yun 亮liang 伟wei 佳jia 俊jun 倩qian 健jian 兰lan 兵bing 军jun 冬dong
凤feng 凯kai 刚gang 利li 勇yong 华hua 博bo 国guo 坤kun 娜na 娟juan 婷ting 宁ning 宇yu
小xiao 岩yan 峰feng 帅shuai 帆fan 平ping 建jian 强qiang 彬bin 志zhi 想xiang 慧hui 成cheng 敏min
文wen 斌bin 旭xu 明ming 春chun 晨chen 晶jing 杨yang 杰jie 林lin 柳liu 桂gui 梅mei 楠nan
欢huan 欣xin 波bo 洁jie 洋yang 浩hao 海hai 涛tao 淑shu 燕yan 玉yu 玲ling 珍zhen 琳lin
琴qin 瑜yu 瑞rui 璐lu 畅chang 磊lei 秀xiu 红hong 艳yan 芝zhi 芳fang 花hua 英ying 荣rong
莉li 莹ying 萍ping 超chao 辉hui 金jin 鑫xin 阳yang 雪xue 雷lei 霞xia 静jing 颖ying 飞fei
香xiang 鹏peng 龙long
"""
_PINYIN_FAMILY = """
王wang 李li 张zhang 刘liu 陈chen 杨yang 黄huang 赵zhao 吴wu 周zhou 徐xu 孙sun 马ma 朱zhu
胡hu 郭guo 何he 林lin 高gao 罗luo 郑zheng 梁liang 谢xie 宋song 唐tang 许xu 邓deng 韩han
冯feng 曹cao 彭peng 曾zeng 肖xiao 田tian 董dong 潘pan 袁yuan 蔡cai 蒋jiang 余yu 于yu 杜du
叶ye 程cheng 魏wei 苏su 吕lv 丁ding 任ren 卢lu 姚yao 沈shen 钟zhong 姜jiang 崔cui 谭tan
陆lu 范fan 汪wang 廖liao 石shi 金jin 韦wei 贾jia 夏xia 付fu 方fang 邹zou 熊xiong 白bai
孟meng 秦qin 邱qiu 侯hou 江jiang 尹yin 薛xue 雷lei 龙long 史shi 陶tao 黎li 贺he 顾gu
毛mao 郝hao 龚gong 邵shao 万wan 钱qian 严yan 武wu 戴dai 莫mo 孔kong 向xiang 汤tang
"""


def _pairs(text: str) -> dict[str, str]:
    return {item[0]: item[1:] for item in text.split()}


_PINYIN = _pairs(_PINYIN_FAMILY) | _pairs(_PINYIN_GIVEN)


def romanise(text: str, locale: str) -> str | None:
    """The text in lower-case a-z and 0-9 only, or None where a character has no known form."""
    if locale == "zh_CN" and not all(letter in _PINYIN for letter in text):
        return None
    marked = "".join(_GERMAN.get(letter, letter) for letter in text) if locale == "de_DE" else text
    marked = _devanagari(marked) if locale == "hi_IN" else marked
    spelled = "".join(_letter(letter) for letter in unicodedata.normalize("NFC", marked)).lower()
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(letter))
    kept = re.sub(r"[\s.’'ʼ‘`&/,()-]", "", plain)
    return kept if re.fullmatch(r"[a-z0-9]+", kept) else None


def _letter(letter: str) -> str:
    if 0 <= ord(letter) - _HANGUL < len(_INITIALS) * 588:
        place = ord(letter) - _HANGUL
        return _INITIALS[place // 588] + _MEDIALS[place % 588 // 28] + _FINALS[place % 28]
    for table in (_LATIN, _PINYIN, _ARABIC):
        if letter in table:
            return table[letter]
    return _CYRILLIC.get(letter.lower(), letter)


def _devanagari(text: str) -> str:
    """Consonants carry an `a` unless a vowel sign, the virama or the word's end follows; dots below are left out."""
    letters = [letter for letter in unicodedata.normalize("NFD", text) if letter not in "\u093c\u200d\u200c"]
    spelled = []
    for position, letter in enumerate(letters):
        following = letters[position + 1] if position + 1 < len(letters) else " "
        if letter in _DEVANAGARI:
            silent = following in _DEVANAGARI_SIGNS or following in "\u094d ’"
            spelled.append(_DEVANAGARI[letter] + ("" if silent else "a"))
        elif letter in "\u0902\u0901":
            spelled.append("n")
        elif letter != "\u094d":
            spelled.append(_DEVANAGARI_SIGNS.get(letter) or _DEVANAGARI_VOWELS.get(letter) or letter)
    return "".join(spelled)
