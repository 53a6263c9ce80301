// SPDX-License-Identifier: MIT

package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"csmtp/smtp/smtptest"
	"csmtp/tools/csmtp-testserver/internal/eml"
	"csmtp/tools/csmtp-testserver/internal/store"
)

const (
	maxHeader = 64 << 10         // how many octets of a mail are searched for the subject
	maxScript = 1 << 20          // the maximum size of a request with a script, in octets
	maxWait   = 10 * time.Minute // the longest time that a request waits
)

// maxRead is the time limit for reading the body of a request. It is a variable so that
// tests can change it.
var maxRead = 30 * time.Second

type api struct {
	mails *store.Store
	smtp  *smtptest.MailServer
}

// NewAPI returns the handler of the JSON interface:
//
//	GET    /mails[?wait=N&timeout=30s]   the mails with their subjects, after N have been received
//	DELETE /mails                        removes all mails and sessions
//	GET    /mails/N                      envelope, subject and session of a mail
//	GET    /mails/N.eml                  its content
//	GET    /sessions[/N]                 the sessions that sent a mail or ended, with their dialogues
//	GET    /script[?wait=30s]            the progress of the script; with wait, after the script has ended
//	PUT    /script                       {"name": "greylisting"} or {"text": "S: ..."}, "delivery": "byte"
//	DELETE /script                       ends the script
//	GET    /scripts                      the built-in scripts
func NewAPI(mails *store.Store, server *smtptest.MailServer) http.Handler {
	a := &api{mails, server}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /mails", a.listMails)
	mux.HandleFunc("DELETE /mails", a.clear)
	mux.HandleFunc("GET /mails/{number}", a.mail)
	mux.HandleFunc("GET /sessions", a.sessions)
	mux.HandleFunc("GET /sessions/{number}", a.session)
	mux.HandleFunc("GET /script", a.script)
	mux.HandleFunc("PUT /script", a.setScript)
	mux.HandleFunc("DELETE /script", a.endScript)
	mux.HandleFunc("GET /scripts", a.scripts)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		d := &discarded{header: http.Header{}}
		mux.ServeHTTP(d, r)
		if allow := d.header.Get("Allow"); allow != "" {
			w.Header().Set("Allow", allow)
		}
		refuse(w, d.status, fmt.Errorf("the interface has no %s %s: see the manual", r.Method, r.URL.Path))
	})
}

// discarded is a ResponseWriter that keeps only the header and the status of the response.
type discarded struct {
	header http.Header
	status int
}

func (d *discarded) Header() http.Header         { return d.header }
func (d *discarded) WriteHeader(status int)      { d.status = status }
func (d *discarded) Write(p []byte) (int, error) { return len(p), nil }

func answer(w http.ResponseWriter, status int, value any) {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)+1)) // so that an HTTP/1.0 client notices a lost connection
	w.WriteHeader(status)
	w.Write(append(text, '\n'))
}

func refuse(w http.ResponseWriter, status int, err error) {
	answer(w, status, map[string]string{"error": err.Error()})
}

// waiting returns a context for a request that waits. The context ends at the request's
// time limit.
func waiting(r *http.Request, value, otherwise string) (context.Context, context.CancelFunc, error) {
	if value == "" {
		value = otherwise
	}
	if _, err := strconv.ParseFloat(value, 64); err == nil {
		value += "s"
	}
	d, err := time.ParseDuration(value)
	if err != nil || d < 0 {
		return nil, nil, fmt.Errorf("%q is not a duration such as 30s", value)
	}
	ctx, cancel := context.WithTimeout(r.Context(), min(d, maxWait))
	return ctx, cancel, nil
}

// mail is the JSON form of a mail.
type mail struct {
	store.Mail
	Subject string `json:"subject"` // decoded, in UTF-8
}

// described returns a mail with its subject. The subject is empty if the content is not
// kept.
func (a *api) described(m store.Mail) mail {
	header, _ := a.mails.Beginning(m.Number, maxHeader)
	return mail{m, eml.DecodeWords(eml.Parse(header).Get("Subject"))}
}

type mailList struct {
	Total int    `json:"total"` // the number of mails received since the start or the last DELETE
	Mails []mail `json:"mails"`
	Error string `json:"error,omitempty"`
}

func (a *api) listMails(w http.ResponseWriter, r *http.Request) {
	status := http.StatusOK
	var late error
	if wanted := r.URL.Query().Get("wait"); wanted != "" {
		n, err := strconv.Atoi(wanted)
		if err != nil || n < 0 {
			refuse(w, http.StatusBadRequest, fmt.Errorf("wait=%q is not a number of mails", wanted))
			return
		}
		ctx, cancel, err := waiting(r, r.URL.Query().Get("timeout"), "30s")
		if err != nil {
			refuse(w, http.StatusBadRequest, err)
			return
		}
		defer cancel()
		late = a.mails.Wait(ctx, n)
	}
	list := mailList{Total: a.mails.Total(), Mails: []mail{}}
	for _, m := range a.mails.Mails() {
		list.Mails = append(list.Mails, a.described(m))
	}
	if late != nil {
		status, list.Error = http.StatusRequestTimeout, late.Error()
	}
	answer(w, status, list)
}

func (a *api) clear(w http.ResponseWriter, _ *http.Request) {
	if err := a.mails.Clear(); err != nil {
		refuse(w, http.StatusInternalServerError, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (a *api) mail(w http.ResponseWriter, r *http.Request) {
	text, raw := strings.CutSuffix(r.PathValue("number"), ".eml")
	number, err := strconv.Atoi(text)
	if err != nil {
		refuse(w, http.StatusBadRequest, fmt.Errorf("%q is not the number of a mail", text))
		return
	}
	m, found := a.mails.Mail(number)
	if !found {
		refuse(w, http.StatusNotFound, fmt.Errorf("there is no mail %d", number))
		return
	}
	if !raw {
		in, _ := a.mails.Session(m.Session)
		answer(w, http.StatusOK, struct {
			mail
			In store.Session `json:"in"`
		}{a.described(m), in})
		return
	}
	content, err := a.mails.Raw(number)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		refuse(w, http.StatusNotFound, fmt.Errorf("the content of mail %d is not kept", number))
	case err != nil:
		refuse(w, http.StatusInternalServerError, err)
	default:
		w.Header().Set("Content-Type", "message/rfc822")
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": text + ".eml"}))
		w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'")
		w.Header().Set("Content-Length", strconv.Itoa(len(content)))
		w.Write(content)
	}
}

func (a *api) sessions(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{"sessions": a.mails.Sessions()})
}

func (a *api) session(w http.ResponseWriter, r *http.Request) {
	number, err := strconv.Atoi(r.PathValue("number"))
	in, found := a.mails.Session(number)
	if err != nil || !found {
		refuse(w, http.StatusNotFound, fmt.Errorf("there is no session %q", r.PathValue("number")))
		return
	}
	answer(w, http.StatusOK, in)
}

type progress struct {
	Name  string `json:"name"`
	State string `json:"state"` // none, waiting, playing, played or failed
	Runs  int    `json:"runs"`  // how often the script was played to its end

	// In the state "failed", these fields describe the line of the script that the client
	// did not follow.
	Error      string `json:"error,omitempty"`
	Connection int    `json:"connection,omitempty"`
	Line       int    `json:"line,omitempty"`
	Want       string `json:"want,omitempty"`
	Got        string `json:"got,omitempty"`
}

func (a *api) script(w http.ResponseWriter, r *http.Request) {
	status := http.StatusOK
	if limit := r.URL.Query().Get("wait"); limit != "" {
		ctx, cancel, err := waiting(r, limit, "30s")
		if err != nil {
			refuse(w, http.StatusBadRequest, err)
			return
		}
		defer cancel()
		if a.smtp.WaitPlayed(ctx) != nil && ctx.Err() != nil {
			status = http.StatusRequestTimeout
		}
	}
	p := a.smtp.Progress()
	said := progress{Name: p.Script, State: p.State, Runs: p.Runs}
	if m := p.Error; m != nil {
		said.Error, said.Connection, said.Line, said.Want, said.Got = m.Error(), m.Connection, m.Line, m.Want, m.Got
	}
	answer(w, status, said)
}

var errWanted = errors.New(`want {"name": "..."} or {"text": "..."}`)

func (a *api) setScript(w http.ResponseWriter, r *http.Request) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		refuse(w, http.StatusUnsupportedMediaType, errors.New("want Content-Type: application/json"))
		return
	}
	control := http.NewResponseController(w)
	control.SetReadDeadline(time.Now().Add(maxRead))
	var asked struct{ Name, Text, Delivery string }
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxScript))
	d.DisallowUnknownFields()
	err := d.Decode(&asked)
	var other *json.UnmarshalTypeError
	var invalid *json.SyntaxError
	switch _, more := d.Token(); {
	case err == nil && more != io.EOF:
		err = errors.New("want one JSON object")
	case errors.As(err, &other):
		err = errWanted
	case errors.As(err, &invalid):
		err = fmt.Errorf("the request is not valid JSON: %w", err)
	}
	control.SetReadDeadline(time.Time{}) // no time limit while the request waits for the end of the script
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	script, mode, err := parseScript(asked.Name, asked.Text, asked.Delivery)
	if err == nil {
		err = a.smtp.Play(script, mode)
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	a.script(w, r)
}

// parseScript parses 'text' or, if it is "", returns the built-in script 'name'. It also returns
// how the replies are divided into writes: as 'delivery' says or, if 'delivery' is "", as the
// script says.
func parseScript(name, text, delivery string) (*smtptest.Script, smtptest.Mode, error) {
	var script *smtptest.Script
	var err error
	switch {
	case text == "" && name == "":
		err = errWanted
	case text == "":
		script, err = smtptest.ReadyScript(name)
	default:
		if script, err = smtptest.Parse(text); err == nil {
			script.Name = name
			if name == "" {
				script.Name = "script"
			}
		} else {
			err = fmt.Errorf("line %w", err)
		}
	}
	if err != nil {
		return nil, 0, err
	}
	if delivery == "" {
		return script, script.Modes()[0], nil
	}
	mode, err := smtptest.ParseMode(delivery)
	return script, mode, err
}

func (a *api) endScript(w http.ResponseWriter, _ *http.Request) {
	a.smtp.Play(nil, smtptest.Whole)
	w.WriteHeader(http.StatusNoContent)
}

func (a *api) scripts(w http.ResponseWriter, _ *http.Request) {
	list := []map[string]string{}
	for _, name := range smtptest.ReadyScripts() {
		script, err := smtptest.ReadyScript(name)
		if err != nil {
			refuse(w, http.StatusInternalServerError, err)
			return
		}
		list = append(list, map[string]string{"name": name, "description": script.Header.Get("description")})
	}
	answer(w, http.StatusOK, map[string]any{"scripts": list})
}
