"""Mail domains that anybody may have an address at."""

#: Where an address says nothing about the company behind it.
FREE_MAIL_DOMAINS = (
    "126.com", "163.com", "aol.com", "bol.com.br", "btinternet.com", "comcast.net", "free.fr",
    "freenet.de", "gmail.com", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.co.uk",
    "hotmail.com", "hotmail.fr", "icloud.com", "laposte.net", "libero.it", "live.com", "mac.com",
    "mail.com", "mail.ru", "me.com", "msn.com", "naver.com", "orange.fr", "outlook.com", "proton.me",
    "protonmail.com", "qq.com", "t-online.de", "uol.com.br", "verizon.net", "wanadoo.fr", "web.de",
    "yahoo.co.uk", "yahoo.com", "yahoo.de", "yahoo.fr", "yandex.ru", "ymail.com", "zoho.com",
)  # fmt: skip
