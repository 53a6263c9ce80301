// SPDX-License-Identifier: MIT

package message

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

// pythonCase is a message, and the values that testdata/check.py must find in it.
type pythonCase struct {
	ID      string       `json:"id"`
	Raw     []byte       `json:"raw"`
	Subject *string      `json:"subject,omitempty"`
	XMailer *string      `json:"x-mailer,omitempty"`
	From    [][2]*string `json:"from,omitempty"` // a name that is nil is not compared
	To      [][2]*string `json:"to,omitempty"`
	Cc      [][2]*string `json:"cc,omitempty"`
	Date    bool         `json:"date,omitempty"`
	Tree    [][2]string  `json:"tree,omitempty"`
	Parts   []pythonPart `json:"parts,omitempty"`

	Keys map[string][]string `json:"keys,omitempty"` // maps the path of each part to the names of its fields
}

type pythonPart struct {
	Path    string            `json:"path"`
	Body    []byte            `json:"body"`
	Name    *string           `json:"name,omitempty"`
	OldName *bool             `json:"old_name,omitempty"`
	Text    *string           `json:"text,omitempty"`
	Params  map[string]string `json:"params,omitempty"`
	Fields  map[string]string `json:"fields,omitempty"`
}

// pythonReads checks the cases each(0) to each(count-1) in one Python process.
func pythonReads(t *testing.T, count int, each func(i int) pythonCase) {
	t.Helper()
	cmd := exec.Command(hosttest.Need(t, "python3"), "testdata/check.py")
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	require.NoError(t, cmd.Start())
	w := bufio.NewWriter(in)
	enc := json.NewEncoder(w)
	for i := range count {
		require.NoError(t, enc.Encode(each(i)))
	}
	require.NoError(t, w.Flush())
	require.NoError(t, in.Close())
	require.NoError(t, cmd.Wait(), stderr.String())
	text := strings.TrimSpace(out.String())
	require.Equal(t, fmt.Sprintf("read %d", count), text[strings.LastIndexByte(text, '\n')+1:])
	if strings.Contains(text, "\n") {
		lines := strings.Split(text, "\n")
		t.Errorf("%d differences, the first:\n%s", len(lines)-1, strings.Join(lines[:min(len(lines)-1, 20)], "\n"))
	}
}

func pythonAddresses(list []Address) (out [][2]*string) {
	for _, a := range list {
		name := &a.Name
		if asGiven(a.Name) {
			name = nil
		}
		out = append(out, [2]*string{name, &a.Mail})
	}
	return out
}

func TestPythonReadsRandomMessages(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pythonReads(t, cases(100), func(i int) pythonCase {
		m := randomMessage(r)
		o := testOptions()
		o.EightBit = i%3 == 0
		yes, file := !asGiven(m.Attachments[0].Name), m.Attachments[0].Name
		body := strings.Join(m.Lines, "\r\n") + "\r\n"
		c := pythonCase{
			ID: fmt.Sprint(i), Raw: rendered(t, m, o), Date: true,
			From: pythonAddresses(m.From), To: pythonAddresses(m.To),
			Parts: []pythonPart{
				{Path: "0.0", Body: []byte(body), Text: &body},
				{Path: "0.1", Body: m.Attachments[0].Data, Name: &file, OldName: &yes},
			},
		}
		if !asGiven(m.Subject) {
			c.Subject = &m.Subject
		}
		return c
	})
}

// A text with encoded words is either refused, or Python's parser finds exactly the expected
// fields in the message.
func TestPythonFindsRequestedFields(t *testing.T) {
	pieces := []string{"a", " ", "\t", "x y", "ü", "日本", "\u0085", "\u2028", "\u2029", "\u00a0", "=?utf-8?q?", "=?iso-8859-1?Q?", "=?utf-8?B?", "?=", "?= =?x?q?",
		"=0A", "=E2=80=A8", "=C2=85", "w7w=", "Cg==", "%0D%0A", "%E2%80%A8", "\"", "\\", "(", ")", "<", ">", ",", ";", ":", "X-Evil: 1", "\r\n", "\x0b", "\x1c"}
	r := rand.New(rand.NewPCG(5, 6))
	text := func() string {
		var b strings.Builder
		for range 1 + r.IntN(6) {
			b.WriteString(strings.Repeat(pieces[r.IntN(len(pieces))], 1+r.IntN(2)*r.IntN(200)))
		}
		return b.String()
	}
	refused := 0
	pythonReads(t, cases(150), func(i int) pythonCase {
		m := simple()
		again := map[string]func(){ // maps each field that an error can name to a function that changes its text
			"Subject":                func() { m.Subject = text() },
			"XMailer":                func() { m.XMailer = "x" + text() },
			"From.Name":              func() { m.From[0].Name = text() },
			"To":                     func() { m.To[0].Name = text() },
			"Cc":                     func() { m.Cc = []Address{{text(), "c@example.net"}} },
			"Headers":                func() { m.Headers = []Field{{"X-One", text()}, {"List-Id", text()}} },
			"Attachment.Name":        func() { m.Attachments[0].Name = "x" + text() },
			"Attachment.ContentType": func() { m.Attachments[0].ContentType = "text/x; b*=utf-8''" + text() },
		}
		m.Attachments, m.Priority, m.ReadReceipt = []Attachment{{}}, 2, true
		for _, field := range slices.Sorted(maps.Keys(again)) {
			again[field]()
		}
		for {
			built, err := m.Render(testOptions())
			if err == nil {
				own := []string{"Content-Type", "Content-Transfer-Encoding"}
				return pythonCase{ID: fmt.Sprint(i), Raw: written(t, built), Keys: map[string][]string{
					"0": {"Date", "From", "To", "Cc", "Subject", "Message-ID", "X-Mailer", "X-Priority", "Importance", "Disposition-Notification-To",
						"X-One", "List-Id", "MIME-Version", "Content-Type"},
					"0.0": own, "0.1": append(own, "Content-Disposition"),
				}}
			}
			var e *Error
			require.ErrorAs(t, err, &e)
			require.NotNil(t, again[string(e.Field)], "%v", err)
			again[string(e.Field)]()
			refused++
		}
	})
	require.NotZero(t, refused)
}
