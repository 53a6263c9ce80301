// SPDX-License-Identifier: MIT

package message

import (
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// charsetNames contains the names of the charsets that x/text can decode: those in IANA's
// list of charsets, those in the WHATWG Encoding Standard, and some others that programs for
// Windows use. IANA's list takes precedence. Each line contains the preferred MIME name of a
// charset, and then its names in lower case; "-" stands for charsets without such a name.
//
// The packages ianaindex and htmlindex of x/text are not used, because whenever a program loads
// the library, their tables need thousands of relocations, and htmlindex also initializes
// package language. This table costs nothing until a name is looked up.
const charsetNames nameTable = `
US-ASCII us-ascii ansi_x3.4-1968 ansi_x3.4-1986 ascii cp367 csascii ibm367 iso-ir-6 iso646-us
US-ASCII iso_646.irv:1991 us
UTF-8 utf-8 cp65001 csutf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf8 x-unicode20utf8
UTF-16 utf-16 csutf16
UTF-16BE utf-16be csutf16be unicodefffe
UTF-16LE utf-16le csunicode csutf16le iso-10646-ucs-2 ucs-2 unicode unicodefeff
ISO-8859-1 iso-8859-1 cp819 csisolatin1 ibm819 iso-ir-100 iso_8859-1 iso_8859-1:1987 l1 latin1
ISO-8859-2 iso-8859-2 csisolatin2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2
ISO-8859-3 iso-8859-3 csisolatin3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3
ISO-8859-4 iso-8859-4 csisolatin4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4
ISO-8859-5 iso-8859-5 csisolatincyrillic cyrillic iso-ir-144 iso8859-5 iso88595 iso_8859-5
ISO-8859-5 iso_8859-5:1988
ISO-8859-6 iso-8859-6 arabic asmo-708 csisolatinarabic ecma-114 iso-ir-127 iso8859-6 iso88596
ISO-8859-6 iso_8859-6 iso_8859-6:1987
ISO-8859-6-E iso-8859-6-e csiso88596e iso_8859-6-e
ISO-8859-6-I iso-8859-6-i csiso88596i iso_8859-6-i
ISO-8859-7 iso-8859-7 csisolatingreek ecma-118 elot_928 greek greek8 iso-ir-126 iso8859-7 iso88597
ISO-8859-7 iso_8859-7 iso_8859-7:1987 sun_eu_greek
ISO-8859-8 iso-8859-8 csisolatinhebrew hebrew iso-ir-138 iso8859-8 iso88598 iso_8859-8
ISO-8859-8 iso_8859-8:1988 visual
ISO-8859-8-E iso-8859-8-e csiso88598e iso_8859-8-e
ISO-8859-8-I iso-8859-8-i csiso88598i iso_8859-8-i logical
ISO-8859-9 iso-8859-9 csisolatin5 iso-ir-148 iso_8859-9 iso_8859-9:1989 l5 latin5
ISO-8859-10 iso-8859-10 csisolatin6 iso-ir-157 iso8859-10 iso885910 iso_8859-10:1992 l6 latin6
ISO-8859-13 iso-8859-13 csiso885913 iso8859-13 iso885913
ISO-8859-14 iso-8859-14 csiso885914 iso-celtic iso-ir-199 iso8859-14 iso885914 iso_8859-14
ISO-8859-14 iso_8859-14:1998 l8 latin8
ISO-8859-15 iso-8859-15 csiso885915 csisolatin9 iso8859-15 iso885915 iso_8859-15 l9 latin-9
ISO-8859-16 iso-8859-16 csiso885916 iso-ir-226 iso_8859-16 iso_8859-16:2001 l10 latin10
windows-1250 windows-1250 cp1250 cswindows1250 x-cp1250
windows-1251 windows-1251 cp1251 cswindows1251 x-cp1251
windows-1252 windows-1252 ansi cp1252 cswindows1252 iso8859-1 iso88591 x-cp1252
windows-1253 windows-1253 cp1253 cswindows1253 x-cp1253
windows-1254 windows-1254 cp1254 cswindows1254 iso8859-9 iso88599 x-cp1254
windows-1255 windows-1255 cp1255 cswindows1255 x-cp1255
windows-1256 windows-1256 cp1256 cswindows1256 x-cp1256
windows-1257 windows-1257 cp1257 cswindows1257 x-cp1257
windows-1258 windows-1258 cp1258 cswindows1258 x-cp1258
KOI8-R koi8-r cskoi8r koi koi8 koi8_r
KOI8-U koi8-u cskoi8u koi8-ru
GB18030 gb18030 csgb18030
GBK gbk chinese cp936 csgb2312 csgbk csiso58gb231280 gb2312 gb_2312 gb_2312-80 iso-ir-58 ms936
GBK windows-936 x-gbk
Big5 big5 big5-hkscs cn-big5 csbig5 x-x-big5
EUC-JP euc-jp cseucpkdfmtjapanese extended_unix_code_packed_format_for_japanese x-euc-jp
EUC-KR euc-kr cp949 cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601
EUC-KR ksc_5601 windows-949
Shift_JIS shift_jis cp932 csshiftjis ms932 ms_kanji shift-jis sjis windows-31j x-sjis
ISO-2022-JP iso-2022-jp csiso2022jp
HZ-GB-2312 hz-gb-2312
windows-874 windows-874 cp874 cswindows874 dos-874 iso-8859-11 iso8859-11 iso885911 tis-620
macintosh macintosh csmacintosh mac x-mac-roman
IBM037 ibm037 cp037 csibm037 ebcdic-cp-ca ebcdic-cp-nl ebcdic-cp-us ebcdic-cp-wt
IBM437 ibm437 437 cp437 cspc8codepage437
IBM850 ibm850 850 cp850 cspc850multilingual
IBM852 ibm852 852 cp852 cspcp852
IBM855 ibm855 855 cp855 csibm855
IBM00858 ibm00858 ccsid00858 cp00858 csibm00858 pc-multilingual-850+euro
IBM860 ibm860 860 cp860 csibm860
IBM862 ibm862 862 cp862 cspc862latinhebrew
IBM863 ibm863 863 cp863 csibm863
IBM865 ibm865 865 cp865 csibm865
IBM866 ibm866 866 cp866 csibm866
IBM1047 ibm1047 csibm1047 ibm-1047
IBM01140 ibm01140 ccsid01140 cp01140 csibm01140 ebcdic-us-37+euro
- csiso2022kr iso-2022-cn iso-2022-cn-ext iso-2022-kr replacement x-mac-cyrillic x-mac-ukrainian
- x-user-defined
`

// charsetLabel returns the preferred MIME name of the charset with the given name, which is
// in lower case. It returns "-" if the charset is not for mail, and "" if it is not known.
func charsetLabel(name string) string { return charsetNames.find(name) }

// encodingOf returns the encoding with the given preferred MIME name.
func encodingOf(label string) encoding.Encoding {
	switch label {
	case "UTF-16":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case "UTF-16BE":
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case "UTF-16LE":
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case "ISO-8859-1":
		return charmap.ISO8859_1
	case "ISO-8859-2":
		return charmap.ISO8859_2
	case "ISO-8859-3":
		return charmap.ISO8859_3
	case "ISO-8859-4":
		return charmap.ISO8859_4
	case "ISO-8859-5":
		return charmap.ISO8859_5
	case "ISO-8859-6":
		return charmap.ISO8859_6
	case "ISO-8859-6-E":
		return charmap.ISO8859_6E
	case "ISO-8859-6-I":
		return charmap.ISO8859_6I
	case "ISO-8859-7":
		return charmap.ISO8859_7
	case "ISO-8859-8":
		return charmap.ISO8859_8
	case "ISO-8859-8-E":
		return charmap.ISO8859_8E
	case "ISO-8859-8-I":
		return charmap.ISO8859_8I
	case "ISO-8859-9":
		return charmap.ISO8859_9
	case "ISO-8859-10":
		return charmap.ISO8859_10
	case "ISO-8859-13":
		return charmap.ISO8859_13
	case "ISO-8859-14":
		return charmap.ISO8859_14
	case "ISO-8859-15":
		return charmap.ISO8859_15
	case "ISO-8859-16":
		return charmap.ISO8859_16
	case "windows-1250":
		return charmap.Windows1250
	case "windows-1251":
		return charmap.Windows1251
	case "windows-1252":
		return charmap.Windows1252
	case "windows-1253":
		return charmap.Windows1253
	case "windows-1254":
		return charmap.Windows1254
	case "windows-1255":
		return charmap.Windows1255
	case "windows-1256":
		return charmap.Windows1256
	case "windows-1257":
		return charmap.Windows1257
	case "windows-1258":
		return charmap.Windows1258
	case "KOI8-R":
		return charmap.KOI8R
	case "KOI8-U":
		return charmap.KOI8U
	case "GB18030":
		return simplifiedchinese.GB18030
	case "GBK":
		return simplifiedchinese.GBK
	case "Big5":
		return traditionalchinese.Big5
	case "EUC-JP":
		return japanese.EUCJP
	case "EUC-KR":
		return korean.EUCKR
	case "Shift_JIS":
		return japanese.ShiftJIS
	case "ISO-2022-JP":
		return japanese.ISO2022JP
	case "HZ-GB-2312":
		return simplifiedchinese.HZGB2312
	case "windows-874":
		return charmap.Windows874
	case "macintosh":
		return charmap.Macintosh
	case "IBM037":
		return charmap.CodePage037
	case "IBM437":
		return charmap.CodePage437
	case "IBM850":
		return charmap.CodePage850
	case "IBM852":
		return charmap.CodePage852
	case "IBM855":
		return charmap.CodePage855
	case "IBM00858":
		return charmap.CodePage858
	case "IBM860":
		return charmap.CodePage860
	case "IBM862":
		return charmap.CodePage862
	case "IBM863":
		return charmap.CodePage863
	case "IBM865":
		return charmap.CodePage865
	case "IBM866":
		return charmap.CodePage866
	case "IBM1047":
		return charmap.CodePage1047
	case "IBM01140":
		return charmap.CodePage1140
	}
	return nil
}
