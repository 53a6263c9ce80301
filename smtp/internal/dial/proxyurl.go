// SPDX-License-Identifier: MIT

package dial

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// proxyURL is a proxy's URL, parsed and checked. It has no method String, because the whole
// URL contains the password; errors show the result of name().
type proxyURL struct {
	scheme         string // "socks5", "http" or "https"
	host           string
	port           uint16
	login          bool
	user, password string
}

// name returns the text that names the proxy in errors. It does not contain the login.
func (u *proxyURL) name() string {
	kind := "HTTP proxy "
	if u.scheme == "socks5" {
		kind = "SOCKS5 proxy "
	}
	return kind + hostPort(u.host, u.port)
}

// parseProxy parses a proxy URL. Its errors never show the input, which may contain a
// password.
func parseProxy(s string) (*proxyURL, error) {
	const form = "write it as socks5://, http:// or https://, then user:password@ if the proxy requires a login, then host:port"
	if found := blankOrControl(s); found != "" {
		return nil, fmt.Errorf("the proxy has a %s: %s", found, form)
	}
	if !strings.Contains(s, "://") {
		return nil, errors.New("the proxy has no scheme: " + form)
	}
	in, err := url.Parse(s)
	if err != nil || in.Hostname() == "" {
		return nil, errors.New("the proxy is not a valid URL: " + form + "; write reserved characters of user and password as %XX")
	}
	u := &proxyURL{scheme: in.Scheme}
	switch in.Scheme {
	case "socks5", "http", "https":
	case "socks5h": // with curl, the proxy looks up names for this scheme; here, it always does
		u.scheme = "socks5"
	default:
		return nil, errors.New("the proxy has an unknown scheme: " + form)
	}
	if in.Path != "" && in.Path != "/" || in.RawQuery != "" || in.Fragment != "" {
		return nil, errors.New("the proxy has a path, a query or a fragment: " + form)
	}
	if u.host, err = hostName(in.Hostname()); err != nil {
		return nil, errors.New("the proxy's host name " + err.Error())
	}
	if u.port, err = proxyPort(u.scheme, in.Port()); err != nil {
		return nil, err
	}
	if in.User != nil {
		u.login, u.user = true, in.User.Username()
		u.password, _ = in.User.Password()
	}
	return u, u.checkLogin()
}

func proxyPort(scheme, port string) (uint16, error) {
	switch {
	case port == "" && scheme == "socks5":
		return 1080, nil // RFC 1928, section 3
	case port == "":
		return 0, errors.New("the proxy has no port: add it, for example :3128 or :8080")
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return 0, errors.New("the proxy's port is not between 1 and 65535")
	}
	return uint16(n), nil
}

func (u *proxyURL) checkLogin() error {
	if !u.login {
		return nil
	}
	for _, r := range u.user + u.password {
		if r < ' ' || r == 0x7f {
			return errors.New("the proxy's user name or password has a control character")
		}
	}
	switch {
	case u.user == "":
		return errors.New("the proxy's user name is empty")
	case u.scheme == "socks5" && (len(u.user) > 255 || len(u.password) > 255): // RFC 1929, section 2
		return errors.New("the proxy's user name or password is longer than SOCKS5 allows (255 octets)")
	case u.scheme == "socks5" && u.password == "":
		return errors.New("the proxy's password is empty: SOCKS5 requires a password if there is a user name")
	case u.scheme != "socks5" && strings.Contains(u.user, ":"): // RFC 7617, section 2
		return errors.New("the proxy's user name has a colon, which HTTP Basic authentication does not allow")
	case len(u.user)+len(u.password) > 4096:
		return errors.New("the proxy's user name and password together are longer than 4096 octets")
	}
	return nil
}
