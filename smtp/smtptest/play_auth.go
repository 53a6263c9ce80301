// SPDX-License-Identifier: MIT

package smtptest

import (
	"bytes"
	"errors"
	"fmt"
)

// auth reads AUTH with the given mechanism, and performs its exchange up to the final
// reply, which is another step of the script. The client's responses must be right for a
// login in the script's header or in the options of the server. If 'forge' is true, auth sends
// a wrong server proof, and the client must cancel.
func (p *play) auth(mechanism string, forge bool) error {
	line, err := p.line()
	if err != nil {
		return mismatch("AUTH "+mechanism, joined(visible(p.shown(line)), err))
	}
	shown := visible(p.shown(line))
	p.logClient(line)
	named, initial, ok := splitAuth(line)
	if !ok || named != mechanism {
		return mismatch("AUTH "+mechanism, shown)
	}
	known := accounts{passwords: p.options.Users, tokens: p.options.Tokens}
	say := func(challenge string) error {
		p.log(func(d *Dialogue) { d.server(challenge) })
		p.out.WriteString(challenge + "\r\n")
		return p.flush()
	}
	hear := func() (string, error) {
		line, err := p.line()
		p.challenged = true
		p.logClient(line)
		return line, err
	}
	v := newVerifier(mechanism, "localhost", known, stateOf(p.conn))
	if !forge {
		if err := exchange(v, initial, say, hear); err != nil {
			return mismatch("a login by "+mechanism+" with a login and secret that the script or the server knows", fmt.Sprint(err))
		}
		p.open = append(p.open, asked{verb: "AUTH", argument: mechanism, login: v.login()})
		return nil
	}
	switch err := exchange(forger{v}, initial, say, hear); {
	case err == nil:
		return mismatch("a client that cancels because the server's proof is forged", "a client that continues")
	case !errors.Is(err, errCanceled):
		return mismatch("a client that cancels because the server's proof is forged", fmt.Sprint(err))
	}
	return nil
}

// forger changes the server's proof: the signature of SCRAM or the rspauth of DIGEST-MD5.
type forger struct{ verifier }

func (f forger) next(response []byte) ([]byte, bool, error) {
	challenge, done, err := f.verifier.next(response)
	for _, prefix := range []string{"v=", "rspauth="} {
		if bytes.HasPrefix(challenge, []byte(prefix)) {
			// The new character differs from the old one, and is valid in base64 and
			// hexadecimal.
			at := len(prefix)
			challenge[at] = 'a' + (challenge[at]-'a'+1)%6
		}
	}
	return challenge, done, err
}
