"""Forms of one kanji that people use in names, each listed behind the form it is found by.

A table of facts kept short on purpose: old forms (旧字体) and the variants met on rosters, never
a union of everything related. 齊→斉 and 齋→斎 are two different characters and stay two.
It serves searching and the check for duplicates; what a person writes is never replaced by it.
"""

_FAMILY_NAME_KANJI = """
高髙 崎﨑嵜碕 吉𠮷 浜濱濵 辺邊邉 斎齋 斉齊 島嶋嶌 沢澤 徳德 柳栁 桑桒 恵惠 冨富
国國囯 広廣 竜龍 真眞 昇曻 橋槗𣘺 瀬瀨 条條 桜櫻 栄榮 円圓 亀龜 関關 鉄鐵鐡
館舘 滝瀧 浅淺 郷鄕 黒黑 横橫 藪薮 淵渕渊 桧檜 峰峯 岳嶽 巌巖 曽曾 柏栢 栃杤
枡桝 梅楳 渋澁澀 塩鹽 豊豐 頼賴 隣鄰 静靜 頬頰 駅驛 鶏鷄雞 麦麥 黄黃 万萬 両兩
芦蘆 荘莊 蒋蔣 蔵藏 薫薰 薬藥 虫蟲 蛍螢 衛衞 覚覺 観觀 誉譽 読讀 秋穐龝 稲稻
穂穗 穣穰 窓窗 脇𦚰 与與 旧舊 舎舍 船舩 検檢 権權 楽樂 様樣 槙槇 県縣 戸戶
会會 来來 弥彌 当當 応應 従從 拝拜 園薗 野埜 松枩柗 村邨 鶴靍靏 雁鴈 虎乕 卯夘
宜冝 珍珎 映暎 湧涌 沖冲 涼凉 浄淨 清淸 済濟 渓溪 湾灣 満滿 温溫 潜潛 灯燈
焼燒 砺礪 礼禮 祢禰 禄祿 禅禪 称稱 籠篭 粛肅 糸絲 経經 絵繪 緑綠 縄繩 継繼
続續 鴎鷗 鴬鶯 騨驒 麹麴 頴穎 鼓皷 喜㐂 哲喆 勢㔟 功㓛 年秊 本夲 裏裡 葱蔥
靖竫 兎兔
"""

_OTHER_KANJI = """
彦彥 児兒 寿壽 実實 宝寶寳 寛寬 学學斈 将將 尚尙 尭堯 属屬 巻卷 帯帶 径徑 恒恆
悦悅 慎愼 戦戰 択擇 挙擧 暁曉 晩晚 暦曆 晋晉 昼晝 歩步 歴歷 毎每 気氣 沿㳂
為爲 状狀 独獨 瑶瑤 産產 画畫 畳疊 皐皋 秘祕 粋粹 総總 聡聰 声聲 聴聽 縁緣
縦縱 艶艷 芸藝 茎莖 莱萊 裕𥙿 覧覽 訳譯 証證 説說 譲讓 謡謠 賛贊 転轉 軽輕
遥遙 酔醉 釈釋 鋭銳 録錄 鎮鎭 鉱鑛 銭錢 錬鍊 鋳鑄 険險 隠隱 随隨 雑雜 霊靈
青靑 顕顯 顔顏 駆驅駈 験驗 髪髮 点點 黙默 歯齒 齢齡 乗乘 争爭 亘亙 亜亞 仏佛
仮假 伝傳 体體躰 価價 余餘 倹儉 侠俠 併倂 内內 写寫 処處 凛凜 剣劍劔劒 労勞
効效 勅敕 勲勳 励勵 区區 医醫 単單 厳嚴 参參 双雙 収收 叙敍敘 呉吳 告吿 団團
囲圍 図圖 圏圈 圧壓 塁壘 壌壤 壮壯 売賣 壱壹 奥奧 奨奬 妍姸 嬢孃 対對 専專
巣巢 帰歸 強强 徴徵 恋戀 拡擴 掲揭 揺搖 摂攝 数數 断斷 桟棧 欧歐 歓歡 涙淚
熙煕熈 献獻 瓶甁 留畱 祷禱 繊纖 教敎 台臺 辞辭 達逹 遅遲 触觸 装裝 弐貳 弾彈
殻殼 鼠鼡 奇竒 並竝 侯矦 脈脉 峡峽 狭狹 挟挾 勧勸 予豫 弁辨 号號
"""

_KANA_USED_AS_KANJI = "ケヶ カヵ"


VARIANT_GROUPS = (*_FAMILY_NAME_KANJI.split(), *_OTHER_KANJI.split(), *_KANA_USED_AS_KANJI.split())
"""Strings of two or more forms; the first is the common one."""

COMMON_FORM_OF = {ord(form): group[0] for group in VARIANT_GROUPS for form in group[1:]}
"""A table for `str.translate`: every variant, by code point, to its common form."""
