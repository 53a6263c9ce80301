// SPDX-License-Identifier: MIT

package message

import (
	"mime"
	"strings"

	"csmtp/smtp/internal/text"
)

const octetStream = "application/octet-stream"

// mediaTypes maps file name extensions to media types. It is used instead of the table of the
// operating system, which depends on the installed programs.
var mediaTypes = map[string]string{
	"7z": "application/x-7z-compressed", "aac": "audio/aac", "ai": "application/postscript",
	"apk": "application/vnd.android.package-archive", "avi": "video/x-msvideo", "avif": "image/avif",
	"bmp": "image/bmp", "bz2": "application/x-bzip2", "cer": "application/pkix-cert",
	"crt": "application/x-x509-ca-cert", "css": "text/css", "csv": "text/csv", "deb": "application/vnd.debian.binary-package",
	"doc": "application/msword", "docm": "application/vnd.ms-word.document.macroEnabled.12",
	"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"dot":  "application/msword", "dwg": "image/vnd.dwg", "dxf": "image/vnd.dxf", "eml": "message/rfc822",
	"eot": "application/vnd.ms-fontobject", "eps": "application/postscript", "epub": "application/epub+zip",
	"flac": "audio/flac", "flv": "video/x-flv", "gif": "image/gif", "gz": "application/gzip",
	"heic": "image/heic", "heif": "image/heif", "htm": "text/html", "html": "text/html",
	"ico": "image/vnd.microsoft.icon", "ics": "text/calendar", "jar": "application/java-archive",
	"jpe": "image/jpeg", "jpeg": "image/jpeg", "jpg": "image/jpeg", "js": "text/javascript",
	"json": "application/json", "key": "application/vnd.apple.keynote", "kml": "application/vnd.google-earth.kml+xml",
	"kmz": "application/vnd.google-earth.kmz", "log": "text/plain", "m4a": "audio/mp4", "m4v": "video/mp4",
	"md": "text/markdown", "mdb": "application/vnd.ms-access", "mid": "audio/midi", "mjs": "text/javascript",
	"mkv": "video/matroska", "mov": "video/quicktime", "mp3": "audio/mpeg", "mp4": "video/mp4",
	"mpeg": "video/mpeg", "mpg": "video/mpeg", "mpp": "application/vnd.ms-project",
	"msg": "application/vnd.ms-outlook", "numbers": "application/vnd.apple.numbers",
	"odg": "application/vnd.oasis.opendocument.graphics", "odp": "application/vnd.oasis.opendocument.presentation",
	"ods": "application/vnd.oasis.opendocument.spreadsheet", "odt": "application/vnd.oasis.opendocument.text",
	"oga": "audio/ogg", "ogg": "audio/ogg", "ogv": "video/ogg", "opus": "audio/ogg", "otf": "font/otf",
	"p12": "application/pkcs12", "p7b": "application/x-pkcs7-certificates", "p7m": "application/pkcs7-mime",
	"p7s": "application/pkcs7-signature", "pages": "application/vnd.apple.pages", "pdf": "application/pdf",
	"pem": "application/x-pem-file", "pfx": "application/pkcs12", "png": "image/png",
	"pot": "application/vnd.ms-powerpoint", "pps": "application/vnd.ms-powerpoint",
	"ppsx": "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
	"ppt":  "application/vnd.ms-powerpoint", "pptm": "application/vnd.ms-powerpoint.presentation.macroEnabled.12",
	"pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	"ps":   "application/postscript", "psd": "image/vnd.adobe.photoshop", "rar": "application/vnd.rar",
	"rpm": "application/x-rpm", "rtf": "application/rtf", "sh": "application/x-sh", "sql": "application/sql",
	"svg": "image/svg+xml", "swf": "application/vnd.adobe.flash.movie", "tar": "application/x-tar",
	"tex": "application/x-tex", "text": "text/plain", "tgz": "application/gzip", "tif": "image/tiff",
	"tiff": "image/tiff", "toml": "application/toml", "tsv": "text/tab-separated-values", "ttf": "font/ttf",
	"txt": "text/plain", "vcf": "text/vcard", "vcs": "text/x-vcalendar", "vsd": "application/vnd.visio",
	"vsdx": "application/vnd.ms-visio.drawing", "wav": "audio/wav", "weba": "audio/webm", "webm": "video/webm",
	"webp": "image/webp", "wma": "audio/x-ms-wma", "wmf": "image/wmf", "wmv": "video/x-ms-wmv",
	"woff": "font/woff", "woff2": "font/woff2", "xhtml": "application/xhtml+xml", "xls": "application/vnd.ms-excel",
	"xlsb": "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
	"xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"xlt":  "application/vnd.ms-excel", "xml": "application/xml", "xps": "application/vnd.ms-xpsdocument",
	"xz": "application/x-xz", "yaml": "application/yaml", "yml": "application/yaml", "zip": "application/zip",
	"zst": "application/zstd",
}

// typeByName returns the media type for the extension of a file name.
func typeByName(name string) string {
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return octetStream
	}
	if t, ok := mediaTypes[strings.ToLower(name[dot+1:])]; ok {
		return t
	}
	return octetStream
}

// maxName is the maximum length of the name of a type (RFC 6838, section 4.2). It is also
// used as the maximum length of the name of a parameter.
const maxName = 127

// readType checks the content type of an attachment. It removes the parameters name and
// boundary, because this package writes them. It decodes the other parameters (RFC
// 2231) and checks their values.
func (c *charset) readType(field FieldName, s string) (mediaType string, params map[string]string, err error) {
	if !text.IsASCII(s) { // ASCII is not decoded, even if the program's charset is not a superset of ASCII
		if s, _, err = c.oneLine(field, s); err != nil {
			return "", nil, err
		}
	}
	if err := noControls(field, s); err != nil {
		return "", nil, err
	}
	mediaType, params, err = mime.ParseMediaType(s)
	kind, sub, found := strings.Cut(mediaType, "/")
	if err != nil || !found || !allOf(kind, isToken) || !allOf(sub, isToken) || len(mediaType) > maxName {
		return "", nil, invalid(field, s, "is not a media type such as image/png", err)
	}
	if kind == "multipart" {
		return "", nil, invalid(field, s, "a multipart cannot be attached; use application/octet-stream", nil)
	}
	delete(params, "name")
	delete(params, "boundary")
	for attribute, value := range params {
		switch {
		case len(attribute) > maxName:
			return "", nil, invalid(field, s, "has a parameter whose name is longer than 127 octets", nil)
		case !allOf(attribute, isAttributeChar):
			return "", nil, invalid(field, s, "has a parameter whose name is not a token", nil)
		}
		if _, _, err := utf8Charset.oneLine(field, value); err != nil {
			return "", nil, err
		}
	}
	return mediaType, params, nil
}
