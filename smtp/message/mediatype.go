// SPDX-License-Identifier: MIT

package message

import (
	"cmp"
	"mime"
	"strings"

	"csmtp/smtp/internal/text"
)

const octetStream = "application/octet-stream"

// mediaTypes contains media types, each followed by the file name extensions for which it is
// used; see nameTable. It is used instead of the table of the operating system, because that
// table depends on the installed programs.
const mediaTypes nameTable = `
application/epub+zip epub
application/gzip gz tgz
application/java-archive jar
application/json json
application/msword doc dot
application/pdf pdf
application/pkcs12 p12 pfx
application/pkcs7-mime p7m
application/pkcs7-signature p7s
application/pkix-cert cer
application/postscript ai eps ps
application/rtf rtf
application/sql sql
application/toml toml
application/vnd.adobe.flash.movie swf
application/vnd.android.package-archive apk
application/vnd.apple.keynote key
application/vnd.apple.numbers numbers
application/vnd.apple.pages pages
application/vnd.debian.binary-package deb
application/vnd.google-earth.kml+xml kml
application/vnd.google-earth.kmz kmz
application/vnd.ms-access mdb
application/vnd.ms-excel xls xlt
application/vnd.ms-excel.sheet.binary.macroEnabled.12 xlsb
application/vnd.ms-excel.sheet.macroEnabled.12 xlsm
application/vnd.ms-fontobject eot
application/vnd.ms-outlook msg
application/vnd.ms-powerpoint pot pps ppt
application/vnd.ms-powerpoint.presentation.macroEnabled.12 pptm
application/vnd.ms-project mpp
application/vnd.ms-visio.drawing vsdx
application/vnd.ms-word.document.macroEnabled.12 docm
application/vnd.ms-xpsdocument xps
application/vnd.oasis.opendocument.graphics odg
application/vnd.oasis.opendocument.presentation odp
application/vnd.oasis.opendocument.spreadsheet ods
application/vnd.oasis.opendocument.text odt
application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
application/vnd.openxmlformats-officedocument.presentationml.slideshow ppsx
application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
application/vnd.rar rar
application/vnd.visio vsd
application/x-7z-compressed 7z
application/x-bzip2 bz2
application/x-pem-file pem
application/x-pkcs7-certificates p7b
application/x-rpm rpm
application/x-sh sh
application/x-tar tar
application/x-tex tex
application/x-x509-ca-cert crt
application/x-xz xz
application/xhtml+xml xhtml
application/xml xml
application/yaml yaml yml
application/zip zip
application/zstd zst
audio/aac aac
audio/flac flac
audio/midi mid
audio/mp4 m4a
audio/mpeg mp3
audio/ogg oga ogg opus
audio/wav wav
audio/webm weba
audio/x-ms-wma wma
font/otf otf
font/ttf ttf
font/woff woff
font/woff2 woff2
image/avif avif
image/bmp bmp
image/gif gif
image/heic heic
image/heif heif
image/jpeg jpe jpeg jpg
image/png png
image/svg+xml svg
image/tiff tif tiff
image/vnd.adobe.photoshop psd
image/vnd.dwg dwg
image/vnd.dxf dxf
image/vnd.microsoft.icon ico
image/webp webp
image/wmf wmf
message/rfc822 eml
text/calendar ics
text/css css
text/csv csv
text/html htm html
text/javascript js mjs
text/markdown md
text/plain log text txt
text/tab-separated-values tsv
text/vcard vcf
text/x-vcalendar vcs
video/matroska mkv
video/mp4 m4v mp4
video/mpeg mpeg mpg
video/ogg ogv
video/quicktime mov
video/webm webm
video/x-flv flv
video/x-ms-wmv wmv
video/x-msvideo avi
`

// typeByName returns the media type for the extension of a file name.
func typeByName(name string) string {
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return octetStream
	}
	return cmp.Or(mediaTypes.find(strings.ToLower(name[dot+1:])), octetStream)
}

// maxName is the maximum length of the name of a type (RFC 6838, section 4.2). It is also
// used as the maximum length of the name of a parameter.
const maxName = 127

// readType checks the content type of an attachment. It removes the parameters 'name' and
// 'boundary', because this package writes them. It decodes the other parameters (RFC
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
