// SPDX-License-Identifier: MIT

package smtp

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var everything = []string{"SIZE 1000000", "8BITMIME", "SMTPUTF8", "DSN", "CHUNKING", "BINARYMIME", "MT-PRIORITY", "DELIVERBY", "FUTURERELEASE 864000 2030-01-01T00:00:00Z"}

func ptr(n int) *int { return &n }

// The client sends the correct commands for each field of an envelope.
func TestCommands(t *testing.T) {
	rcpt := []Recipient{{Address: "bob@test.example"}}
	for name, c := range map[string]struct {
		env        Envelope
		extensions []string
		want       []string
	}{
		"plain":           {Envelope{From: "a@x.example", Recipients: rcpt}, nil, []string{"MAIL FROM:<a@x.example>", "RCPT TO:<bob@test.example>"}},
		"null path":       {Envelope{Recipients: rcpt}, nil, []string{"MAIL FROM:<>", "RCPT TO:<bob@test.example>"}},
		"size":            {Envelope{From: "a@x.example", Recipients: rcpt}, []string{"SIZE"}, []string{"MAIL FROM:<a@x.example> SIZE=27", "RCPT TO:<bob@test.example>"}},
		"8bit":            {Envelope{From: "a@x.example", Recipients: rcpt, Body: Body8BitMIME}, []string{"8BITMIME"}, []string{"MAIL FROM:<a@x.example> BODY=8BITMIME", "RCPT TO:<bob@test.example>"}},
		"utf8 not needed": {Envelope{From: "a@bücher.example", Recipients: rcpt}, everything[2:3], []string{"MAIL FROM:<a@xn--bcher-kva.example>", "RCPT TO:<bob@test.example>"}},
		"utf8 address": {Envelope{From: "a@x.example", Recipients: []Recipient{{Address: "用户@bücher.example"}}}, everything[2:3],
			[]string{"MAIL FROM:<a@x.example> SMTPUTF8", "RCPT TO:<用户@bücher.example>"}},
		"utf8 header": {Envelope{From: "a@x.example", Recipients: rcpt, SMTPUTF8: true}, everything[2:3], []string{"MAIL FROM:<a@x.example> SMTPUTF8", "RCPT TO:<bob@test.example>"}},
		"DSN": {Envelope{From: "a@x.example", DSNReturn: "hdrs", EnvelopeID: "id 1+2=3", Recipients: []Recipient{
			{Address: "b@x.example", Notify: "success,delay", OriginalRcpt: "o+b@x.example"},
			{Address: "c@x.example", Notify: "never", OriginalRcpt: "x400;/c=us/"},
			{Address: "d@x.example", OriginalRcpt: "ü@x.example"}}}, everything[3:4],
			[]string{"MAIL FROM:<a@x.example> RET=HDRS ENVID=id+201+2B2+3D3",
				"RCPT TO:<b@x.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;o+2Bb@x.example",
				"RCPT TO:<c@x.example> NOTIFY=NEVER ORCPT=x400;/c+3Dus/",
				`RCPT TO:<d@x.example> ORCPT=utf-8;\x{FC}@x.example`}},
		"DSN not offered": {Envelope{From: "a@x.example", DSNReturn: "FULL", EnvelopeID: "1", Recipients: []Recipient{{Address: "b@x.example", Notify: "NEVER"}}}, nil,
			[]string{"MAIL FROM:<a@x.example>", "RCPT TO:<b@x.example>"}},
		"priority":   {Envelope{From: "a@x.example", Recipients: rcpt, Priority: ptr(-3)}, everything[6:7], []string{"MAIL FROM:<a@x.example> MT-PRIORITY=-3", "RCPT TO:<bob@test.example>"}},
		"deliver-by": {Envelope{From: "a@x.example", Recipients: rcpt, DeliverBy: time.Hour, DeliverByMode: "r"}, everything[7:8], []string{"MAIL FROM:<a@x.example> BY=3600;R", "RCPT TO:<bob@test.example>"}},
		"hold for":   {Envelope{From: "a@x.example", Recipients: rcpt, HoldFor: time.Minute}, everything[8:], []string{"MAIL FROM:<a@x.example> HOLDFOR=60", "RCPT TO:<bob@test.example>"}},
		"hold until": {Envelope{From: "a@x.example", Recipients: rcpt, HoldUntil: time.Date(2027, 1, 2, 4, 4, 5, 0, time.FixedZone("", 3600))}, everything[8:],
			[]string{"MAIL FROM:<a@x.example> HOLDUNTIL=2027-01-02T03:04:05Z", "RCPT TO:<bob@test.example>"}},
		"quoted": {Envelope{From: `"a b"@x.example`, Recipients: []Recipient{{Address: `"o>\"@"@x.example`}, {Address: "postmaster"}, {Address: "a@[192.0.2.1]"}, {Address: "a@[IPv6:2001:db8::1]"}}}, nil,
			[]string{`MAIL FROM:<"a b"@x.example>`, `RCPT TO:<"o>\"@"@x.example>`, "RCPT TO:<postmaster>", "RCPT TO:<a@[192.0.2.1]>", "RCPT TO:<a@[IPv6:2001:db8::1]>"}},
	} {
		for _, pipelining := range []bool{false, true} {
			extensions := c.extensions
			if pipelining {
				extensions = append([]string{"PIPELINING"}, extensions...)
			}
			server := record(t, extensions...)
			s := server.session(t)
			res, err := s.Send(&c.env, hello)
			require.NoError(t, err, name)
			assert.Equal(t, Accepted, res.Outcome)
			assert.Equal(t, "4XyZ12", res.QueueID)
			assert.Equal(t, append(c.want, "DATA"), server.commands(), name)
			assert.Equal(t, []string{string(hello) + ".\r\n"}, server.data, name)
		}
	}
}

// An envelope that cannot be sent is refused before anything is sent.
func TestNothingOnTheWire(t *testing.T) {
	rcpt := []Recipient{{Address: "bob@test.example"}}
	big := strings.Repeat("x", 2000)
	for name, c := range map[string]struct {
		env        Envelope
		extensions []string
		op         Op
		kind       Kind
		text       string
	}{
		"no recipient":       {Envelope{From: "a@x.example"}, nil, OpRCPT, KindLocal, "no recipient"},
		"empty recipient":    {Envelope{Recipients: []Recipient{{}}}, nil, OpRCPT, KindLocal, "the address is empty"},
		"sender CR":          {Envelope{From: "a@x.example>\r\nRCPT TO:<evil@x.example", Recipients: rcpt}, nil, OpMAIL, KindLocal, "U+000D"},
		"recipient LF":       {Envelope{Recipients: []Recipient{{Address: "a@x.example\nDATA"}}}, nil, OpRCPT, KindLocal, "U+000A"},
		"recipient NUL":      {Envelope{Recipients: []Recipient{{Address: "a\x00@x.example"}}}, nil, OpRCPT, KindLocal, "U+0000"},
		"recipient DEL":      {Envelope{Recipients: []Recipient{{Address: "a\x7f@x.example"}}}, nil, OpRCPT, KindLocal, "U+007F"},
		"parameters":         {Envelope{From: "a@x.example> SIZE=1", Recipients: rcpt}, nil, OpMAIL, KindLocal, "characters other than"},
		"second address":     {Envelope{From: "a@x.example,b@x.example", Recipients: rcpt}, nil, OpMAIL, KindLocal, "'@' at octet 2"},
		"brackets":           {Envelope{From: "<a@x.example>", Recipients: rcpt}, nil, OpMAIL, KindLocal, "'<' at octet 1"},
		"name":               {Envelope{From: "Al <a@x.example>", Recipients: rcpt}, nil, OpMAIL, KindLocal, "' ' at octet 3"},
		"source route":       {Envelope{From: "@relay.example:a@x.example", Recipients: rcpt}, nil, OpMAIL, KindLocal, "source route"},
		"not UTF-8":          {Envelope{From: "a\xff@x.example", Recipients: rcpt}, everything, OpMAIL, KindLocal, "octet 2 is 0xff"},
		"quote never ends":   {Envelope{From: `"a@x.example`, Recipients: rcpt}, nil, OpMAIL, KindLocal, "not correctly quoted"},
		"quote and more":     {Envelope{From: `"a"b@x.example`, Recipients: rcpt}, nil, OpMAIL, KindLocal, "not correctly quoted"},
		"no domain":          {Envelope{From: "a@", Recipients: rcpt}, nil, OpMAIL, KindLocal, "no domain after the @"},
		"empty label":        {Envelope{From: "a@x..example", Recipients: rcpt}, nil, OpMAIL, KindLocal, "label that is empty"},
		"dot at the end":     {Envelope{From: "a@x.example.", Recipients: rcpt}, nil, OpMAIL, KindLocal, "label that is empty"},
		"two @":              {Envelope{From: "a@b@x.example", Recipients: rcpt}, nil, OpMAIL, KindLocal, "'@' at octet 2"},
		"bad literal":        {Envelope{From: "a@[1.2.3]", Recipients: rcpt}, nil, OpMAIL, KindLocal, "address literal that is not"},
		"bad IPv6 literal":   {Envelope{From: "a@[IPv6:1.2.3.4]", Recipients: rcpt}, nil, OpMAIL, KindLocal, "address literal that is not"},
		"open literal":       {Envelope{From: "a@[1.2.3.4", Recipients: rcpt}, nil, OpMAIL, KindLocal, "address literal that is not"},
		"bad IDN":            {Envelope{From: "a@-bücher-.example", Recipients: rcpt}, nil, OpMAIL, KindLocal, "internationalized"},
		"a group":            {Envelope{From: "T: a@x.example, b@x.example;", Recipients: rcpt}, nil, OpMAIL, KindLocal, "':' at octet 2"},
		"a list by ;":        {Envelope{Recipients: []Recipient{{Address: "a@x.example;b@x.example"}}}, nil, OpRCPT, KindLocal, "'@' at octet 2"},
		"invisible sender":   {Envelope{From: "a\u200b@x.example", Recipients: rcpt}, everything, OpMAIL, KindLocal, "U+200B (zero width space) at octet 2"},
		"invisible mark":     {Envelope{Recipients: []Recipient{{Address: "\ufeffa@x.example"}}}, everything, OpRCPT, KindLocal, "U+FEFF"},
		"full-width @":       {Envelope{Recipients: []Recipient{{Address: "a@x.example\uff20y.example"}}}, everything, OpRCPT, KindLocal, "U+FF20 (full-width @) at octet 12"},
		"full-width local @": {Envelope{Recipients: []Recipient{{Address: "a\uff20x.example@y.example"}}}, everything, OpRCPT, KindLocal, `is treated as "@"`},
		"ideographic dot":    {Envelope{From: "a@x\u3002example", Recipients: rcpt}, everything, OpMAIL, KindLocal, "U+3002"},
		"soft hyphen":        {Envelope{From: "a@x\u00ady.example", Recipients: rcpt}, everything, OpMAIL, KindLocal, "U+00AD"},
		"decomposed":         {Envelope{From: "u\u0308@x.example", Recipients: rcpt}, everything, OpMAIL, KindLocal, "normalization form C"},
		"quoted no-break":    {Envelope{From: "\"\u00a0\"@x.example", Recipients: rcpt}, everything, OpMAIL, KindLocal, "U+00A0"},
		"ORCPT invisible":    {Envelope{Recipients: []Recipient{{Address: "a@x.example", OriginalRcpt: "b\u200d@x.example"}}}, everything, OpRCPT, KindLocal, "U+200D"},
		"ORCPT not UTF-8":    {Envelope{Recipients: []Recipient{{Address: "a@x.example", OriginalRcpt: "b\xff@x.example"}}}, everything, OpRCPT, KindLocal, "not valid UTF-8"},
		"too long":           {Envelope{From: big + "@x.example", Recipients: rcpt}, nil, OpMAIL, KindLocal, "at most 512"},
		"utf8 sender":        {Envelope{From: "ü@x.example", Recipients: rcpt}, nil, OpMAIL, KindUnsupported, "SMTPUTF8"},
		"utf8 recipient":     {Envelope{Recipients: []Recipient{{Address: "ü@x.example"}}}, nil, OpRCPT, KindUnsupported, `"ü@x.example" needs SMTPUTF8`},
		"utf8 header":        {Envelope{Recipients: rcpt, SMTPUTF8: true}, nil, OpMAIL, KindUnsupported, "SMTPUTF8"},
		"8BITMIME":           {Envelope{Recipients: rcpt, Body: Body8BitMIME}, nil, OpMAIL, KindUnsupported, "8BITMIME"},
		"BINARYMIME":         {Envelope{Recipients: rcpt, Body: BodyBinaryMIME}, []string{"CHUNKING"}, OpMAIL, KindUnsupported, "BINARYMIME"},
		"no CHUNKING":        {Envelope{Recipients: rcpt, Body: BodyBinaryMIME}, []string{"BINARYMIME"}, OpMAIL, KindUnsupported, "CHUNKING"},
		"REQUIRETLS":         {Envelope{Recipients: rcpt, RequireTLS: true}, nil, OpMAIL, KindUnsupported, "REQUIRETLS"},
		"REQUIRETLS, no TLS": {Envelope{Recipients: rcpt, RequireTLS: true}, []string{"REQUIRETLS"}, OpMAIL, KindUnsupported, "needs a session with TLS"},
		"MT-PRIORITY":        {Envelope{Recipients: rcpt, Priority: ptr(1)}, nil, OpMAIL, KindUnsupported, "MT-PRIORITY"},
		"DELIVERBY":          {Envelope{Recipients: rcpt, DeliverBy: time.Hour, DeliverByMode: "N"}, nil, OpMAIL, KindUnsupported, "DELIVERBY"},
		"FUTURERELEASE":      {Envelope{Recipients: rcpt, HoldFor: time.Hour}, nil, OpMAIL, KindUnsupported, "FUTURERELEASE"},
		"priority 10":        {Envelope{Recipients: rcpt, Priority: ptr(10)}, everything, OpMAIL, KindLocal, "-9 to 9"},
		"deliver-by mode":    {Envelope{Recipients: rcpt, DeliverBy: time.Hour, DeliverByMode: "X"}, everything, OpMAIL, KindLocal, "deliver-by mode"},
		"deliver-by time":    {Envelope{Recipients: rcpt, DeliverBy: 1, DeliverByMode: "R"}, everything, OpMAIL, KindLocal, "deliver-by"},
		"hold twice":         {Envelope{Recipients: rcpt, HoldFor: time.Hour, HoldUntil: time.Now()}, everything, OpMAIL, KindLocal, "cannot be combined"},
		"hold too short":     {Envelope{Recipients: rcpt, HoldFor: 1}, everything, OpMAIL, KindLocal, "hold time"},
		"envelope id CR":     {Envelope{Recipients: rcpt, EnvelopeID: "1\r\nQUIT"}, everything, OpMAIL, KindLocal, "printable ASCII"},
		"envelope id long":   {Envelope{Recipients: rcpt, EnvelopeID: big}, everything, OpMAIL, KindLocal, "100 characters"},
		"RET":                {Envelope{Recipients: rcpt, DSNReturn: "ALL"}, everything, OpMAIL, KindLocal, "FULL or HDRS"},
		"NOTIFY":             {Envelope{Recipients: []Recipient{{Address: "a@x.example", Notify: "NEVER,DELAY"}}}, everything, OpRCPT, KindLocal, "NOTIFY"},
		"ORCPT LF":           {Envelope{Recipients: []Recipient{{Address: "a@x.example", OriginalRcpt: "b\n"}}}, everything, OpRCPT, KindLocal, "original recipient"},
		"ORCPT long":         {Envelope{Recipients: []Recipient{{Address: "a@x.example", OriginalRcpt: big}}}, everything, OpRCPT, KindLocal, "original recipient"},
		"too big":            {Envelope{Recipients: rcpt}, []string{"SIZE 26"}, OpMAIL, KindLocal, "27 octets, and the limit is 26"},
	} {
		server := record(t, c.extensions...)
		s := server.session(t)
		res, err := s.Send(&c.env, hello)
		var e *Error
		require.True(t, errors.As(err, &e), "%s: %v", name, err)
		assert.Equal(t, c.op, e.Op, name)
		assert.Equal(t, c.kind, e.Kind, name)
		assert.Contains(t, e.Error(), c.text, name)
		assert.Equal(t, strings.HasPrefix(name, "too big"), errors.Is(err, ErrTooBig), name)
		assert.Equal(t, NotSent, res.Outcome, name)
		assert.Len(t, res.Recipients, len(c.env.Recipients), name)
		assert.Empty(t, server.commands(), name)
		assert.True(t, s.Usable(), name)
		_, err = s.Send(envelopeTo("bob@test.example"), hello[:2])
		assert.NoError(t, err, "%s: the session is as good as before", name)
	}
}

// SIZE without a number, with 0 or with an invalid number means that there is no limit. A
// message of exactly the limit is accepted.
func TestSizeWithoutLimit(t *testing.T) {
	for _, size := range []string{"SIZE", "SIZE 0", "SIZE -5", "SIZE much", "SIZE 99999999999999999999", "SIZE 27"} {
		_, err := record(t, size).session(t).Send(envelopeTo("bob@test.example"), hello)
		require.NoError(t, err, size)
	}
}

// A command with a line end is refused even if no earlier check has found the line end.
func TestCommandWithLineEndIsRefused(t *testing.T) {
	server := record(t)
	s := server.session(t)
	for c := range 256 {
		e := s.put(OpNOOP, []byte{'N', byte(c)}, false)
		if c < ' ' || c == 0x7f {
			require.NotNil(t, e, "%#x", c)
			require.Equal(t, KindLocal, e.Kind)
		} else {
			require.Nil(t, e, "%#x", c)
		}
	}
}
