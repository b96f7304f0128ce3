"""Names, titles and texts that are meant to break whoever shows them."""

# By what they are; each is what somebody enters as a name. All are 20 characters at most.
NAMES = {
    "a script": "<script>boom()",
    "an image": "<img src onerror=a>",
    "an entity": "&lt;b&gt;&#x202e;",
    "out of an attribute": '"onmouseover="boom()',
    "a template": "{{7*7}}${7*7}",
    "a formula": "=cmd|' /C calc'!A0",
    "a quiet formula": "@SUM(A1:A9)",
    "right to left": "\u202eabc\u202c \u2067def\u2069",
    "right-to-left marks": "a\u200f\u061cb\u200ec",
    "Arabic and digits": "مرحبا 123 بك",
    "zero-width": "z\u200be\u200br\u2060o\ufeff",
    "a tower of marks": "Z" + "\u0321\u0322\u0328\u0315\u0334\u0301\u0300\u0302\u0303" + "algo",
    "twenty marks": "Z" + "\u0336" * 19,
    "homoglyphs": "Аdа Lоvеlасе",
    "a family": "👩\u200d👩\u200d👧\u200d👦 family",
    "flags": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f🇳🇴",
    "a phrase in a letter": "\ufdfa" * 20,
    "wide letters": "𒐫" * 20,
    "Devanagari": "क्षत्रिय ज्ञानेश्वर",
    "no break": "W" * 20,
    "a line separator": "x\u2028y\u2029z",
    "backslashes": "\\\"'`\\u0041",
}
MARKUP = '</title></h1><script src="//127.0.0.1:1/x.js"></script><img src=x onerror="boom()"><svg onload=boom()>'
