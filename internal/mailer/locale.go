// SPDX-License-Identifier: MIT

package mailer

import (
	"os"
	"strings"
	"sync"
)

// localeCharset returns the charset of the system's texts, or "" if it is not known. It
// determines the charset on its first call.
var localeCharset = sync.OnceValue(func() string {
	if charset := systemCharset(); charset != "" {
		return charset
	}
	return charsetOf(os.Getenv)
})

// charsetOf returns the charset of the locale that the environment names (POSIX.1, section
// 8.2). It returns "" if there is none.
func charsetOf(getenv func(string) string) string {
	for _, variable := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := getenv(variable); locale != "" {
			return charsetOfLocale(locale)
		}
	}
	return ""
}

// charsetOfLocale returns the charset of a locale whose name has the form
// language_TERRITORY.charset@modifier.
func charsetOfLocale(locale string) string {
	name, modifier, _ := strings.Cut(locale, "@")
	name, charset, _ := strings.Cut(name, ".")
	switch {
	case charset != "":
	case modifier == "euro":
		return "ISO-8859-15"
	default:
		language, _, found := strings.Cut(name, "_")
		if !found {
			return ""
		}
		for _, key := range []string{name, language} {
			if charset := localeCharsets[key]; charset != "" {
				return charset
			}
		}
		return ""
	}
	lower := strings.ToLower(charset)
	if rest, ok := strings.CutPrefix(lower, "iso8859"); ok {
		return "ISO-8859-" + strings.TrimLeft(rest, "-_")
	}
	if other, ok := charsetNames[strings.NewReplacer("-", "", "_", "").Replace(lower)]; ok {
		return other
	}
	return charset
}

// charsetNames maps the names of charsets in locales, in lower case and without hyphens, to
// the usual names.
var charsetNames = map[string]string{
	"eucjp": "EUC-JP", "ujis": "EUC-JP", "euckr": "EUC-KR", "euccn": "GB2312", "sjis": "Shift_JIS", "pck": "Shift_JIS",
	"big5hkscs": "Big5", "koi8r": "KOI8-R", "koi8u": "KOI8-U", "tis620": "TIS-620", "utf8": "UTF-8", "gbk": "GBK",
	"cp1250": "windows-1250", "cp1251": "windows-1251", "cp1252": "windows-1252", "cp1253": "windows-1253", "cp1254": "windows-1254",
	"cp1255": "windows-1255", "cp1256": "windows-1256", "cp1257": "windows-1257", "cp1258": "windows-1258",
}

// localeCharsets contains the charsets of the locales whose names contain no charset, as in
// the C libraries of Unix systems.
var localeCharsets = map[string]string{
	"ja": "EUC-JP", "ko": "EUC-KR", "zh": "GB2312", "zh_TW": "Big5", "zh_HK": "Big5", "th": "TIS-620",
	"ru": "ISO-8859-5", "ru_UA": "KOI8-U", "uk": "KOI8-U", "be": "windows-1251", "bg": "windows-1251", "mk": "ISO-8859-5",
	"el": "ISO-8859-7", "he": "ISO-8859-8", "iw": "ISO-8859-8", "ar": "ISO-8859-6", "tr": "ISO-8859-9",
	"cs": "ISO-8859-2", "hr": "ISO-8859-2", "hu": "ISO-8859-2", "pl": "ISO-8859-2", "ro": "ISO-8859-2", "sk": "ISO-8859-2", "sl": "ISO-8859-2",
	"et": "ISO-8859-15", "lt": "ISO-8859-13", "lv": "ISO-8859-13", "mt": "ISO-8859-3", "cy": "ISO-8859-14",
	"af": "ISO-8859-1", "br": "ISO-8859-1", "ca": "ISO-8859-1", "da": "ISO-8859-1", "de": "ISO-8859-1", "en": "ISO-8859-1", "es": "ISO-8859-1",
	"eu": "ISO-8859-1", "fi": "ISO-8859-1", "fo": "ISO-8859-1", "fr": "ISO-8859-1", "ga": "ISO-8859-1", "gl": "ISO-8859-1", "id": "ISO-8859-1",
	"is": "ISO-8859-1", "it": "ISO-8859-1", "nb": "ISO-8859-1", "nl": "ISO-8859-1", "nn": "ISO-8859-1", "no": "ISO-8859-1", "pt": "ISO-8859-1",
	"sq": "ISO-8859-1", "sv": "ISO-8859-1",
}

// charset returns the charset that the configuration file sets for a server, or "".
func (m *Mailer) charset(server string) (string, error) {
	path := os.Getenv(configVariable)
	if path == "" || privileged() {
		return "", nil
	}
	text, _, _, err := readConfig(path)
	if err != nil {
		return "", err
	}
	c := configuration{path: path, settings: &settings{server: server}}
	if err := c.read(text); err != nil {
		return "", err
	}
	return c.settings.charset, nil
}
