// SPDX-License-Identifier: MIT

package message

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckBlock(t *testing.T) {
	long := strings.Repeat("x", 994)
	for _, good := range []struct {
		block string
		names []string
	}{
		{"", nil}, {"A: b\r\n", []string{"A"}}, {"A:\r\n", []string{"A"}}, {"A: b\r\n c\r\n\td\r\nB: e\r\n", []string{"A", "B"}}, {"A: b\tc\r\n", []string{"A"}},
		{"A: x" + long + "\r\n " + long + "x\r\n", []string{"A"}}, {"A: ü@日.example\r\n", []string{"A"}}, {"A: 1\r\nA: 2\r\n", []string{"A", "A"}},
	} {
		require.NoError(t, checkBlock([]byte(good.block), good.names), "%q", good.block)
	}
	for _, bad := range []struct {
		block, field, reason string
		names                []string
	}{
		{"A: b\r\nX-Evil: 1\r\n", "A", "an extra field", []string{"A"}},
		{"A: b\r\n\r\nbody\r\n", "A", "an extra field", []string{"A"}},
		{"A: b\r\nX: 1\r\nB: c\r\n", "B", "another name", []string{"A", "B"}},
		{"A: b\r\n", "B", "another name", []string{"A", "B"}},
		{"B: c\r\nA: b\r\n", "A", "another name", []string{"A", "B"}},
		{"A : b\r\n", "A", "another name", []string{"A"}},
		{"AB: b\r\n", "A", "another name", []string{"A"}},
		{"A: b", "A", "no line end", []string{"A"}},
		{"A: b\r\n c", "A", "no line end", []string{"A"}},
		{"A: b\nX-Evil: 1\r\n", "A", "0x0a in line 1", []string{"A"}},
		{"A: b\rX-Evil: 1\r\n", "A", "0x0d in line 1", []string{"A"}},
		{"A: b\r\n c\r\r\n", "A", "0x0d in line 2", []string{"A"}},
		{"A: b\x00\r\n", "A", "0x00", []string{"A"}},
		{"A: b\x1b[0m\r\n", "A", "0x1b", []string{"A"}},
		{"A: b\x0b\r\n", "A", "0x0b", []string{"A"}},
		{"A: b\x0c\r\n", "A", "0x0c", []string{"A"}},
		{"A: b\x7f\r\n", "A", "0x7f", []string{"A"}},
		{"A: b\u0085\r\n", "A", "U+0085", []string{"A"}},
		{"A: b\u2028\r\n", "A", "U+2028", []string{"A"}},
		{"A: b\xff\r\n", "A", "0xff", []string{"A"}},
		{"A: b\r\n \t \r\n", "A", "a folded line that is blank", []string{"A"}},
		{"A: b\r\n \r\nX-Evil: 1\r\n", "A", "a folded line that is blank", []string{"A"}},
		{"A: xx" + long + "\r\n", "A", "999 octets in line 1", []string{"A"}},
		{"A: b\r\n x" + long + "xxx\r\n", "A", "999 octets in line 2", []string{"A"}},
	} {
		err := checkBlock([]byte(bad.block), bad.names)
		var e *Error
		require.ErrorAs(t, err, &e, "%q", bad.block)
		require.Equal(t, "header field "+bad.field, string(e.Field))
		require.Contains(t, e.Reason, bad.reason)
		refusedWell(t, err)
	}
}

// The test sets an invalid boundary, because the boundary is the only value in a part's header
// that is checked by checkBlock alone.
func TestEveryBlockIsChecked(t *testing.T) {
	k := testKeys()
	_, cert := certificate(t, 1, k.ec, nil, nil)
	signer, err := ParseSMIMEKey(cert, pkcs8(t, k.ec))
	require.NoError(t, err)
	for _, evil := range []string{"a\r\nX-Evil: 1", "a\r\n\r\nbody", "a\x00", "a\n", strings.Repeat("a", 5000) + "\x1b", "a\"\r\n ;x=\"b\r\nX: y"} {
		for name, m := range map[string]*Message{
			"attachment":  {Attachments: []Attachment{{Name: "x", Data: []byte("x")}}},
			"alternative": {HTML: "<p>x"},
			"related":     {HTML: "<p>x", Attachments: []Attachment{{Name: "x", Data: []byte("x"), Inline: true, ContentID: "a@b"}}},
			"calendar":    {Calendar: &Calendar{Data: "BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR"}},
			"signed":      {SMIME: signer},
		} {
			m.From, m.To, m.Lines = simple().From, simple().To, simple().Lines
			_, err := m.Render(Options{Boundary: func() string { return evil }})
			var e *Error
			require.ErrorAs(t, err, &e, "%s %q", name, evil)
			require.Equal(t, "header field Content-Type", string(e.Field))
			refusedWell(t, err)
		}
	}
	// Text that does not belong to a field is detected in the header of a part and in the
	// fields of a signature.
	for _, more := range []string{"X-Evil: 1\r\n", "\r\n", " \r\n", "\x00"} {
		h := partHeader()
		h.short("Content-Type", "text/plain")
		h.buf = append(h.buf, more...)
		_, err := newPart(&h, nil, sevenBit)
		require.Error(t, err, "%q", more)

		keys, _ := dkimKeys(t)
		key := keys[0]
		key.Selector = "s;\r\n" + more + "X"
		r, err := simple().Render(Options{})
		require.NoError(t, err)
		require.Error(t, r.signDKIM([]*DKIMKey{key}, fieldNames(r.header), testTime))
	}
}

func fieldNames(header []byte) (names []string) {
	for _, f := range splitFields(header) {
		name, _, _ := strings.Cut(string(f), ":")
		names = append(names, name)
	}
	return names
}

// The source code sets the header of a part in only one place, the method fill, which calls
// checkBlock.
func TestPartsAreMadeInOnePlace(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	places := 0
	for _, file := range files {
		src, err := os.ReadFile(file)
		require.NoError(t, err)
		if !strings.HasSuffix(file, "_test.go") {
			places += strings.Count(string(src), "part{fields:")
		}
	}
	require.Equal(t, 1, places)
}
